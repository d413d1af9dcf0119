import type { Instrument } from '@exchange-stream/market-data';
import type {
  ExchangeAdapter,
  LiquidationRow,
  OptionRow,
  Session,
  SessionContext,
  Stream,
} from '../../../src/contract/index.ts';
import { parseRecordedLine } from '../../../src/engine/replay/recorded-line.ts';
import { Replay } from '../../../src/engine/replay/replay.ts';
import { FakeWorld, type FakeSocket } from '../fake-exchange.ts';
import { bare, follow, valuedAdapter } from './valued-exchange.ts';

interface SharedRow {
  readonly of: string;
  readonly liquidation?: LiquidationRow;
  readonly option?: OptionRow;
}

/** Liquidations, and options, of all instruments come on one topic each. */
function sharingAdapter(): ExchangeAdapter {
  const base = valuedAdapter();
  const shared = { endpoint: 'public', params: {} };
  return {
    ...base,
    channels: {
      ...base.channels,
      liquidations: { ...shared, topic: () => 'all.liquidations' },
      options: { ...shared, topic: () => 'all.options' },
    },
    raw: { endpoint: () => 'public' },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = base.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const { topic, rows } = JSON.parse(frame.toString('utf8')) as {
            topic?: string;
            rows?: SharedRow[];
          };
          const stream = topic === undefined ? undefined : sink.stream(topic);
          if (!stream || !rows) return session.onFrame(frame, binary, receivedAt, sink);
          for (const { of, liquidation, option } of rows) {
            const own = sink.of(stream, of);
            if (!own) continue;
            if (liquidation) sink.liquidation(own, 1, liquidation);
            if (option) sink.option(own, 1, option);
          }
        },
      };
    },
    describeTopic: (topic) =>
      topic === 'all.liquidations' ? { channel: 'liquidations', nativeSymbol: '', params: {} } : undefined,
    recording: {
      topicsInUrl: () => [],
      topicsInFrame: (frame) => (JSON.parse(frame) as { topics: string[] }).topics,
    },
  };
}

const liquidation = (price: string): LiquidationRow => ({
  side: 'sell',
  price,
  priceKind: 'trade',
  amount: '1',
});

function hold(world: FakeWorld, channel: 'liquidations' | 'options', symbol: string): unknown[] {
  return follow(world.stream.subscribe({ exchange: 'fake', channel, symbol }));
}

const topicsAsked = ({ sent }: FakeSocket): unknown[] => sent.map(({ op, topics }) => [op, ...topics]);

const LIVE = ['syncing', 'live'];

describe('a topic that carries many instruments', () => {
  test('is asked for once, and each row reaches those who want its instrument', async () => {
    const world = new FakeWorld(sharingAdapter());
    const [bitcoin, ether] = [
      hold(world, 'liquidations', 'BTC/USDT'),
      hold(world, 'liquidations', 'ETH/USDT'),
    ];
    const socket = await world.connect();
    expect(topicsAsked(socket)).toEqual([['sub', 'all.liquidations']]);
    socket.ackAll();
    const rows = [
      { of: 'BTCUSDT', liquidation: liquidation('1') },
      { of: 'ETHUSDT', liquidation: liquidation('2') },
      { of: 'SOLUSDT', liquidation: liquidation('3') },
    ];
    socket.push({ topic: 'all.liquidations', rows });
    const told = (price: string): unknown => ({
      type: 'liquidation',
      exchangeTime: 1,
      ...liquidation(price),
    });
    expect(bitcoin).toEqual([...LIVE, told('1')]);
    expect(ether).toEqual([...LIVE, told('2')]);
    const { ignored } = world.stream.manager('fake').counters();
    expect(ignored.get('row of an instrument that nobody wants')).toBe(1);
  });

  test('is held until the last of them is let go of', async () => {
    const world = new FakeWorld(sharingAdapter());
    const handles = ['BTC/USDT', 'ETH/USDT'].map((symbol) =>
      world.stream.subscribe({ exchange: 'fake', channel: 'liquidations', symbol }),
    );
    const socket = await world.connect();
    socket.ackAll();
    await handles[0]?.unsubscribe();
    await world.clock.advance(0);
    expect(socket.sent).toEqual([]);
    expect(handles[1]?.view().state).toBe('subscribed');
    const late = hold(world, 'liquidations', 'SOL/USDT');
    socket.push({ topic: 'all.liquidations', rows: [{ of: 'SOLUSDT', liquidation: liquidation('3') }] });
    expect(late).toHaveLength(2);
    await handles[1]?.unsubscribe();
    await world.clock.advance(0);
    expect(socket.sent).toEqual([]);
  });

  test('adds up what rows say for each instrument by itself, for late comers too', async () => {
    const world = new FakeWorld(sharingAdapter());
    hold(world, 'options', 'BTC/USDT');
    hold(world, 'options', 'ETH/USDT');
    const socket = await world.connect();
    socket.ackAll();
    const push = (of: string, option: OptionRow): void =>
      socket.push({ topic: 'all.options', rows: [{ of, option }] });
    push('BTCUSDT', { delta: '0.5' });
    push('ETHUSDT', { gamma: '0.1' });
    const late: unknown[] = [];
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'options', symbol: 'BTC/USDT' });
    handle.on((event) => void (event.type === 'option' && late.push(bare(event))));
    push('BTCUSDT', { vega: '2' });
    expect(late.at(-1)).toEqual({ type: 'option', exchangeTime: 1, delta: '0.5', vega: '2' });
  });

  test('goes over to another connection instrument by instrument', async () => {
    const world = new FakeWorld(sharingAdapter());
    const told = hold(world, 'liquidations', 'BTC/USDT');
    hold(world, 'liquidations', 'ETH/USDT');
    const old = await world.connect();
    old.ackAll();
    const [{ id } = { id: '' }] = world.stream.connections();
    expect(world.stream.manager('fake').rotate(id)).toBe(true);
    await world.clock.advance(0);
    const fresh = world.socket;
    fresh.accept();
    await world.clock.advance(0);
    fresh.ackAll();
    for (const price of ['1', '2']) {
      const rows = [{ of: 'BTCUSDT', liquidation: liquidation(price) }];
      for (const socket of [old, fresh]) if (!socket.closed) socket.push({ topic: 'all.liquidations', rows });
      await world.clock.advance(3_000);
    }
    expect(told).toEqual([
      ...LIVE,
      ...['1', '2'].map((price) => ({ type: 'liquidation', exchangeTime: 1, ...liquidation(price) })),
    ]);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'rotation', outcome: 'completed' }),
    );
  });

  test('can be had raw beside its instruments', async () => {
    const world = new FakeWorld(sharingAdapter());
    hold(world, 'liquidations', 'BTC/USDT');
    let frames = 0;
    const raw = world.stream.subscribe({ exchange: 'fake', channel: 'raw', symbol: 'all.liquidations' });
    raw.on((event) => void (event.type === 'raw' && frames++));
    const socket = await world.connect();
    socket.ackAll();
    const rows = ['BTCUSDT', 'SOLUSDT'].map((of) => ({ of, liquidation: liquidation('1') }));
    socket.push({ topic: 'all.liquidations', rows });
    expect(frames).toBe(1);
  });

  test('is read back from a recording, instrument by instrument', () => {
    const told: string[] = [];
    const instruments: Instrument[] = [
      {
        ...{ exchange: 'fake', kind: 'perpetual', symbol: 'BTC/USDT:USDT', nativeSymbol: 'BTCUSDT' },
        ...{ base: 'BTC', quote: 'USDT', status: 'trading' },
      },
    ];
    const replay = new Replay(sharingAdapter(), {
      instruments,
      onEvent: (event) => void told.push(`${event.symbol} ${event.type}`),
    });
    const rows = ['BTCUSDT', 'ETHUSDT'].map((of) => ({ of, liquidation: liquidation('1') }));
    const lines = [
      { k: 'connect', url: 'wss://one.test/stream' },
      { k: 'send', frame: JSON.stringify({ topics: ['all.liquidations'] }) },
      { k: 'recv', frame: JSON.stringify({ topic: 'all.liquidations', rows }) },
    ];
    for (const [t, line] of lines.entries()) replay.read(parseRecordedLine(JSON.stringify({ t, ...line })));
    expect(told.filter((event) => event.endsWith('liquidation'))).toEqual([
      'BTC/USDT:USDT liquidation',
      'ETHUSDT liquidation',
    ]);
    expect(told.some((event) => event.startsWith(' '))).toBe(false);
  });
});
