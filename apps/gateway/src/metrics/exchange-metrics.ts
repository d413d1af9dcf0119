import type { ExchangeCounters, ExchangeStream } from '@exchange-stream/nestjs';
import type { ReadMetrics, Sample } from './read-metrics.ts';
import { registerRequestMetrics } from './request-metrics.ts';

/** Counters without further labels: name, meaning, value. */
const TOTALS: readonly (readonly [
  name: string,
  help: string,
  value: (counters: ExchangeCounters) => number,
])[] = [
  ['frames', 'Frames received from the exchange', ({ frames }) => frames],
  ['bytes', 'Bytes received from the exchange', ({ bytes }) => bytes],
  ['messages_sent', 'Messages sent to the exchange', ({ messagesSent }) => messagesSent],
  ['losses', 'Open connections that were lost', ({ losses }) => losses],
  ['reconnects', 'Connections that came back after they were lost', ({ reconnects }) => reconnects],
  ['pauses', 'Times that the exchange has paused on a connection', ({ pauses }) => pauses],
  ['resubscribes', 'Silent topics that were asked for again', ({ resubscribes }) => resubscribes],
  ['gaps', 'Gaps found in the data', ({ gaps }) => gaps],
  ['frame_gaps', 'Times that numbered frames of a connection were missing', ({ frameGaps }) => frameGaps],
  ['repeated_frames', 'Numbered frames that were repeated, or late', ({ repeatedFrames }) => repeatedFrames],
  ['book_resyncs', 'Books that broke and were asked for anew', ({ bookResyncs }) => bookResyncs.begun],
  ['book_resyncs_delayed', 'Of these, put off as too many', ({ bookResyncs }) => bookResyncs.delayed],
  ['rejected', "Rows that broke the exchange's format", ({ rejected }) => rejected],
  ['unhandled', 'Frames that the adapter does not know', ({ unhandled }) => unhandled],
  ['undecodable', 'Frames that could not be read at all', ({ undecodable }) => undecodable],
  ['ignored', 'Frames that are known and of no use', ({ ignored }) => sum(ignored.values())],
  ['instrument_failures', 'Instrument lists that could not be loaded', (of) => of.instrumentFailures],
  ['consumer_failures', 'Errors thrown by consumers of data', (of) => of.consumerFailures],
  ['consumers_overdue', 'Handlers that took longer than they may', (of) => of.overdueConsumers],
  ['consumer_conflated', 'Events that slow consumers got as one', ({ consumers }) => consumers.conflated],
  ['consumer_lost', 'Events that slow consumers were told of in a gap', ({ consumers }) => consumers.lost],
  ['consumer_abandoned', 'Events that waited when consumers left', ({ consumers }) => consumers.abandoned],
  ['inconsistencies', 'Contradictions that the scheduled check found', (of) => of.inconsistencies],
  ['illegal_transitions', 'State changes that cannot be, and were refused', (of) => of.illegalTransitions],
];

/** Counters with one more label, of a set that is known: name, meaning, label, values. */
const KINDS: readonly (readonly [
  name: string,
  help: string,
  label: 'outcome' | 'code' | 'cause',
  value: (counters: ExchangeCounters) => Readonly<Record<string, number>>,
])[] = [
  ['connects', 'Attempts to connect, by how they ended', 'outcome', ({ connects }) => connects],
  ['logins', 'Logins of connections, by how they ended', 'outcome', ({ logins }) => ({ ...logins })],
  ['closes', 'Closes of sockets', 'code', ({ closes }) => closes],
  [
    'rotations',
    'Connections to be replaced before their end, by what became of it',
    'outcome',
    ({ rotations }) => rotations,
  ],
  ['book_breaks', 'Books that were wrong and built anew', 'cause', ({ bookBreaks }) => bookBreaks],
  ['seeds', 'Books asked for over REST, by how that ended', 'outcome', ({ seeds }) => ({ ...seeds })],
];

/** What the exchanges do, as they are counted. */
export function registerExchangeMetrics(metrics: ReadMetrics, stream: ExchangeStream): void {
  const counted = (): (readonly [string, ExchangeCounters])[] =>
    stream.exchanges.map((exchange) => [exchange, stream.manager(exchange).counters()] as const);

  for (const [name, help, value] of TOTALS) {
    metrics.counter(`exchange_stream_${name}_total`, help, ['exchange'], () =>
      counted().map(([exchange, counters]) => [{ exchange }, value(counters)]),
    );
  }
  for (const [name, help, label, values] of KINDS) {
    metrics.counter(`exchange_stream_${name}_total`, help, ['exchange', label], () =>
      counted().flatMap(([exchange, counters]) =>
        Object.entries(values(counters)).map(([kind, value]): Sample<string> => [
          { exchange, [label]: kind },
          value,
        ]),
      ),
    );
  }
  registerRequestMetrics(metrics, counted);
  metrics.counter(
    'exchange_stream_events_total',
    'Events built from the data of the exchange',
    ['exchange', 'channel'],
    () =>
      counted().flatMap(([exchange, { events }]) =>
        Object.entries(events).map(([channel, count]): Sample<string> => [{ exchange, channel }, count]),
      ),
  );
  metrics.gauge(
    'exchange_stream_lag_seconds',
    "Newest distance from the exchange's time to ours, clocks uncorrected",
    ['exchange', 'channel'],
    () =>
      counted().flatMap(([exchange, { lagMs }]) =>
        Object.entries(lagMs).map(([channel, lag]): Sample<string> => [{ exchange, channel }, lag / 1_000]),
      ),
  );
  metrics.gauge(
    'exchange_stream_clock_offset_seconds',
    "The exchange's clock less ours, as the exchange tells; no series where it has not",
    ['exchange'],
    () =>
      stream.exchanges.flatMap((exchange): Sample<string>[] => {
        const offset = stream.manager(exchange).clockOffset;
        return offset ? [[{ exchange }, offset.offsetMs / 1_000]] : [];
      }),
  );
  registerListenerMetrics(metrics, stream);
}

/** Of those who are told of life-cycle events, requests and the transport. */
function registerListenerMetrics(metrics: ReadMetrics, stream: ExchangeStream): void {
  const counts = { failures: 0, overdue: 0, lost: 0 };
  stream.onLifecycle((event) => {
    if (event.type === 'listener-failed') counts.failures++;
    else if (event.type === 'listener-overdue') counts.overdue++;
    else if (event.type === 'listener-overflowed') counts.lost += event.lost;
  });
  metrics.counter(
    'exchange_stream_listener_failures_total',
    'Errors thrown by listeners to life-cycle events, requests and the transport',
    [],
    () => [[{}, counts.failures]],
  );
  metrics.counter(
    'exchange_stream_listener_overdue_total',
    'Promises of such listeners that stayed open for longer than they may',
    [],
    () => [[{}, counts.overdue]],
  );
  metrics.counter(
    'exchange_stream_listener_lost_total',
    'Events given up because such a listener was too slow',
    [],
    () => [[{}, counts.lost]],
  );
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
