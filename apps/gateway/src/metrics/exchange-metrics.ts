import type { DataState } from '@exchange-stream/market-data';
import type { ConnectionState, ExchangeCounters, ExchangeStream } from '@exchange-stream/nestjs';
import { channelsOf } from '@exchange-stream/nestjs/engine';
import { Counter, Gauge, type Registry } from 'prom-client';

const CONNECTION_STATES: readonly ConnectionState[] = [
  'idle',
  'connecting',
  'authenticating',
  'open',
  'draining',
  'waiting',
  'closed',
];
const DATA_STATES: readonly DataState[] = ['syncing', 'live', 'stale', 'gap', 'halted'];

/** Counters without further labels: name, meaning, value. */
const TOTALS: readonly (readonly [
  name: string,
  help: string,
  value: (counters: ExchangeCounters) => number,
])[] = [
  ['frames', 'Frames received from the exchange', ({ frames }) => frames],
  ['bytes', 'Bytes received from the exchange', ({ bytes }) => bytes],
  ['reconnects', 'Connections that came back after they were lost', ({ reconnects }) => reconnects],
  ['resubscribes', 'Silent topics that were asked for again', ({ resubscribes }) => resubscribes],
  ['gaps', 'Gaps found in the data', ({ gaps }) => gaps],
  ['rejected', "Rows that broke the exchange's format", ({ rejected }) => rejected],
  ['unhandled', 'Frames that the adapter does not know', ({ unhandled }) => unhandled],
  ['undecodable', 'Frames that could not be read at all', ({ undecodable }) => undecodable],
  ['ignored', 'Frames that are known and of no use', ({ ignored }) => sum(ignored.values())],
];

/** What the exchanges do. Everything is read when it is asked for; labels are exchange, channel and state alone. */
export function registerExchangeMetrics(registry: Registry, stream: ExchangeStream): void {
  const registers = [registry];
  const counters = (): (readonly [string, ExchangeCounters])[] =>
    stream.exchanges.map((exchange) => [exchange, stream.manager(exchange).counters()] as const);

  for (const [name, help, value] of TOTALS) {
    new Counter({
      name: `exchange_stream_${name}_total`,
      help,
      labelNames: ['exchange'],
      registers,
      collect() {
        this.reset();
        for (const [exchange, counted] of counters()) this.inc({ exchange }, value(counted));
      },
    });
  }
  new Counter({
    name: 'exchange_stream_events_total',
    help: 'Events built from the data of the exchange',
    labelNames: ['exchange', 'channel'],
    registers,
    collect() {
      this.reset();
      for (const [exchange, { events }] of counters()) {
        for (const [channel, count] of Object.entries(events)) this.inc({ exchange, channel }, count);
      }
    },
  });
  new Gauge({
    name: 'exchange_stream_lag_seconds',
    help: "Newest distance from the exchange's time to ours, clocks uncorrected",
    labelNames: ['exchange', 'channel'],
    registers,
    collect() {
      this.reset();
      for (const [exchange, { lagMs }] of counters()) {
        for (const [channel, lag] of Object.entries(lagMs)) this.set({ exchange, channel }, lag / 1_000);
      }
    },
  });
  new Gauge({
    name: 'exchange_stream_connections',
    help: 'Connections to the exchange in each state',
    labelNames: ['exchange', 'state'],
    registers,
    collect() {
      this.reset();
      for (const exchange of stream.exchanges) {
        const views = stream.manager(exchange).connections();
        for (const state of CONNECTION_STATES) {
          this.set({ exchange, state }, views.filter((view) => view.state === state).length);
        }
      }
    },
  });
  new Gauge({
    name: 'exchange_stream_subscriptions',
    help: 'Subscriptions by how far their data can be trusted',
    labelNames: ['exchange', 'channel', 'state'],
    registers,
    collect() {
      this.reset();
      for (const exchange of stream.exchanges) {
        const manager = stream.manager(exchange);
        for (const channel of channelsOf(manager.adapter)) {
          for (const state of DATA_STATES) this.set({ exchange, channel, state }, 0);
        }
        for (const { channel, data } of manager.subscriptions()) this.inc({ exchange, channel, state: data });
      }
    },
  });
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
