import { bitfinex, type BitfinexOptions } from '@exchange-stream/adapters';
import {
  VirtualClock,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { LifecycleEvent, SocketFactory } from '@exchange-stream/nestjs/engine';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const exchange = 'bitfinex';
const SYMBOLS = ['tBTCUSD', 'tETHUSD', 'tBTCF0:USTF0', 'fUSD'];
const BOOK = { exchange, channel: 'book', symbol: 'BTC/USD' } as const;
const TRADES = { exchange, channel: 'trades', symbol: 'BTC/USD' } as const;

/** What the engine has said on a socket. */
interface Said {
  readonly event: string;
  readonly chanId?: number;
  readonly [field: string]: unknown;
}

/** What is done to frames on their way. */
interface Wire {
  alter: (frame: string) => string;
}

/** A network that spoils what it brings. */
function altered(sockets: SocketFactory, wire: Wire): SocketFactory {
  return {
    open: (url, options, handlers) =>
      sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: (payload) => handlers.onPing(payload),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) => handlers.onFrame(Buffer.from(wire.alter(data.toString('utf8'))), binary),
      }),
  };
}

/** Bitfinex's twin and the engine, and what the engine says. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly said: Said[] = [];
  readonly problems: LifecycleEvent[] = [];
  readonly pauses: LifecycleEvent[] = [];
  readonly wire: Wire;

  constructor(
    subscriptions: readonly SubscriptionRequest[] = [],
    { book = BOOK, ...options }: BitfinexOptions & { book?: SubscriptionRequest<'book'> } = {},
  ) {
    const clock = new VirtualClock();
    const wire: Wire = { alter: (frame) => frame };
    const market = { symbols: SYMBOLS, activity: 0.1, depthLevels: 40, startTime: clock.now() - 3_600_000 };
    super({
      ...{ clock, seed: 3, book },
      exchange: createSimulatedExchange(exchange, { clock, seed: 3, market }),
      options: { exchanges: [bitfinex(options)], subscriptions },
      around: (network) => ({ ...network, sockets: altered(network.sockets, wire) }),
    });
    this.wire = wire;
    this.tap = ({ what, text }) => {
      if (what === 'dial') this.said.push({ event: 'dial' });
      if (what === 'send') this.said.push(JSON.parse(text) as Said);
    };
    this.stream.onLifecycle((event) => {
      if (event.type === 'frame-problem') this.problems.push(event);
      if (event.type === 'pause') this.pauses.push(event);
    });
  }

  /** What has been said from now on, signs of life left out. */
  listen(): () => Said[] {
    const from = this.said.length;
    return () => this.said.slice(from).filter(({ event }) => event !== 'ping');
  }

  gapsOf(topic: string): number {
    return this.view(topic).counters.gaps;
  }
}

describe('Bitfinex', () => {
  test('confirms its flags on every socket before anything is asked for, and again on each that follows', async () => {
    const world = new World([TRADES, { ...TRADES, symbol: 'ETH/USD' }], {
      channelsPerConnection: 2,
      flags: ['BULK_UPDATES'],
    });
    await world.clock.advance(4_000);
    expect(world.exchange.connections.size).toBe(2);
    const heard = world.listen();
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(20_000);
    const events = heard().map(({ event, flags }) => (event === 'conf' ? `conf ${String(flags)}` : event));
    const conf = `conf ${229_376 + 536_870_912}`;
    expect(events.filter((event) => event === conf)).toHaveLength(
      events.filter((event) => event === 'dial').length,
    );
    // What is said first on each socket; the two are told apart by what they say next.
    expect(events.filter((event) => event !== 'dial').slice(0, 1)).toEqual([conf]);
    expect(events.filter((event) => event === 'subscribe')).toHaveLength(3);
    expect(world.states()).toEqual(['live', 'live', 'live']);
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('asks for a book that a checksum betrays again as it was, by precision, frequency and length, and for no other', async () => {
    const book = { ...BOOK, params: { precision: 'P1', speed: 2_000, depth: 100 } };
    const world = new World([BOOK, TRADES], { book });
    const topic = 'book:P1:F1:100:tBTCUSD';
    let chanId: number | undefined;
    let isSpoilt = false;
    world.wire.alter = (frame) => {
      if (frame.includes('"subscribed"') && frame.includes('"P1"'))
        chanId ??= (JSON.parse(frame) as Said).chanId;
      if (isSpoilt || !frame.startsWith(`[${chanId},"cs",`)) return frame;
      isSpoilt = true;
      return frame.replace(/"cs",-?[0-9]+/, '"cs",17');
    };
    // Before any checksum: what is said from here on is what follows from it.
    await world.clock.advance(1_000);
    const heard = world.listen();
    await world.clock.advance(30_000);
    expect(isSpoilt).toBe(true);
    expect(world.gapsOf(topic)).toBe(1);
    expect(heard()).toMatchObject([
      { event: 'unsubscribe', chanId },
      { event: 'subscribe', channel: 'book', symbol: 'tBTCUSD', prec: 'P1', freq: 'F1', len: '100' },
    ]);
    expect(world.states()).toEqual(['live', 'live', 'live']);
    expect(world.gapsOf('book:P0:F0:25:tBTCUSD')).toBe(0);
    world.expectPromises();
    await world.close();
  });

  test('has books of one symbol side by side, by price and by order and of every length, each right', async () => {
    const variants: SubscriptionParams[] = [
      ...[1, 25, 100, 250].map((depth) => ({ depth })),
      ...[{ level: 'order' }, { precision: 'P2' }, { speed: 2_000 }],
    ];
    const requests = variants.flatMap((params) =>
      ['BTC/USD', 'fUSD'].map((symbol) => ({ ...BOOK, symbol, params })),
    );
    const world = new World(requests);
    await world.clock.advance(12_000);
    expect(new Set(world.states())).toEqual(new Set(['live']));
    for (const { topic, counters } of world.stream.subscriptions())
      expect({ topic, gaps: counters.gaps }).toEqual({ topic, gaps: 0 });
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('pauses with the exchange, and asks for everything again when that is over', async () => {
    const world = new World([TRADES]);
    const notices: string[] = [];
    world.stream.subscribe({ exchange, channel: 'status' }).on((event) => {
      if (event.type === 'platform-status') notices.push(event.state);
    });
    await world.clock.advance(4_000);
    const heard = world.listen();
    world.exchange.faults.inject({ type: 'pause', forMs: 60_000 });
    await world.clock.advance(30_000);
    expect(heard()).toEqual([]);
    expect(world.view('book:P0:F0:25:tBTCUSD').data).toBe('halted');
    expect(notices).toEqual(['completed', 'ongoing']);
    await world.clock.advance(60_000);
    // Channels that are open still would be duplicates, without a snapshot.
    expect(
      heard()
        .map(({ event }) => event)
        .sort(),
    ).toEqual([...['subscribe', 'subscribe', 'unsubscribe', 'unsubscribe']]);
    expect(world.view('book:P0:F0:25:tBTCUSD').data).toBe('live');
    expect(notices).toEqual(['completed', 'ongoing', 'completed']);
    expect(world.pauses).toMatchObject([{ change: 'paused' }, { change: 'resumed' }]);
    world.expectPromises();
    await world.close();
  });

  test('leaves a server that stops before it closes, and nobody notices', async () => {
    const world = new World([TRADES]);
    await world.clock.advance(4_000);
    const before = [...world.exchange.connections].map(({ id }) => id);
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 20_000 });
    await world.clock.advance(15_000);
    const after = [...world.exchange.connections].map(({ id }) => id);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(world.gapsOf('book:P0:F0:25:tBTCUSD')).toBe(0);
    expect(world.view('trades:tBTCUSD').data).toBe('live');
    world.expectPromises();
    await world.close();
  });

  test('leaves a quiet book alone, as its heartbeats go on, and finds one out that has none', async () => {
    const world = new World([TRADES]);
    await world.clock.advance(4_000);
    world.exchange.market.pause();
    const heard = world.listen();
    await world.clock.advance(180_000);
    expect(world.view('book:P0:F0:25:tBTCUSD').data).toBe('live');
    expect(heard()).toEqual([]);
    const reasons: string[] = [];
    world.book.on((event) => {
      if (event.type === 'status') reasons.push(event.reason);
    });
    world.wire.alter = (frame) => (/^\[[0-9]+,"hb"/.test(frame) ? '{"event":"info"}' : frame);
    await world.clock.advance(120_000);
    expect(heard()).toMatchObject([{ event: 'unsubscribe' }, { event: 'subscribe', channel: 'book' }]);
    expect(reasons.join()).toContain('no data for 75 s');
    await world.close();
  });

  test('tells a trade once, though it comes as executed and as updated', async () => {
    const world = new World();
    const ids: string[] = [];
    world.stream.subscribe(TRADES).on((event) => {
      if (event.type === 'trade') ids.push(event.id);
    });
    await world.clock.advance(60_000);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    expect(world.view('trades:tBTCUSD').counters.dropped).toBeGreaterThanOrEqual(ids.length);
    await world.close();
  });

  test('opens sockets by itself for more channels than one takes, and gives a bad one up for good', async () => {
    const many = ['1m', '5m', '15m', '30m', '1h', '3h', '6h'].flatMap((interval) =>
      ['BTC/USD', 'ETH/USD', 'BTC/USDT:USDT', 'fUSD'].map((symbol): SubscriptionRequest => ({
        ...{ exchange, channel: 'candles', symbol, params: { interval } },
      })),
    );
    const world = new World(many);
    const bad = world.stream.subscribe({ exchange, channel: 'raw', symbol: 'trades:tNOPE' });
    await world.clock.advance(15_000);
    expect(world.exchange.connections.size).toBe(2);
    expect(bad.view()).toMatchObject({ state: 'failed', failure: 'rejected' });
    const heard = world.listen();
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(20_000);
    // It takes no place, and is not tried again with each socket.
    expect(heard().filter(({ symbol }) => symbol === 'tNOPE')).toEqual([]);
    expect(heard().filter(({ event }) => event === 'subscribe')).toHaveLength(many.length + 1);
    world.expectPromises(['invalid-request']);
    await world.close();
  });
});
