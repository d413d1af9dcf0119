import { VirtualClock } from '@exchange-stream/market-data';
import { RecordingClient } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const MARKET = { symbols: ['BTCUSDT', 'BTCUSD_PERP'], depthLevels: 20, startTime: START - 86_400_000 };
/** One stream of each route that says something at least every third second. */
const PUBLIC = ['btcusdt@bookTicker', 'btcusdt@depth@100ms', 'btcusdt@depth5'];
const MARKETS = ['btcusdt@aggTrade', 'btcusdt@markPrice', 'btcusdt@kline_1m', 'btcusdt@miniTicker'];

describe('routes of simulated futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  const open = (id: string): void => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange(id, { clock, seed: 3, market: MARKET });
    exchange.start();
  };
  afterEach(() => exchange.stop());

  const flowing = async (path: string, names: readonly string[]): Promise<readonly string[]> => {
    const client = new RecordingClient(exchange, path);
    client.say({ method: 'SUBSCRIBE', params: names, id: 1 });
    expect(client.answer).toEqual({ result: null, id: 1 });
    await clock.advance(4000);
    return names.filter((name) => client.of(name).length > 0);
  };

  describe('dollar-margined', () => {
    beforeEach(() => open('binance-usdm'));

    it.each([
      ['/public/stream', PUBLIC],
      ['/market/stream', MARKETS],
      ['/stream', PUBLIC],
      ['/private/stream', []],
    ])('%s acknowledges everything, and carries its own streams only', async (path, expected) => {
      expect(await flowing(path, [...PUBLIC, ...MARKETS])).toEqual(expected);
    });

    it('takes streams from the address, wrapped and raw', async () => {
      const wrapped = new RecordingClient(exchange, '/market/stream?streams=btcusdt@markPrice@1s');
      const raw = new RecordingClient(exchange, '/market/ws/btcusdt@markPrice@1s');
      const wrong = new RecordingClient(exchange, '/public/ws/btcusdt@markPrice@1s');
      await clock.advance(2000);
      expect(wrapped.of('btcusdt@markPrice@1s')).toHaveLength(2);
      expect(raw.frames.map(({ e }) => e)).toEqual(['markPriceUpdate', 'markPriceUpdate']);
      expect(wrong.texts).toEqual([]);
    });

    it('refuses a path that is no socket', () => {
      expect(new RecordingClient(exchange, '/futures/ws').closed).toMatchObject({ code: 1008 });
    });

    it('has candles and mark prices of the other product, and nothing else of it by name', async () => {
      const own = ['btcusd_perp@kline_1m', 'btcusd_perp@markPrice'];
      expect(await flowing('/market/stream', [...own, 'btcusd_perp@aggTrade'])).toEqual(own);
      expect(await flowing('/public/stream', ['btcusd_perp@depth@100ms'])).toEqual([]);
    });
  });

  it('knows no routes where contracts are margined in coins', async () => {
    open('binance-coinm');
    const names = ['btcusd_perp@depth@100ms', 'btcusd_perp@aggTrade', 'btcusd_perp@markPrice'];
    expect(await flowing('/stream', names)).toEqual(names);
    expect(new RecordingClient(exchange, '/public/ws').closed).toMatchObject({ code: 1008 });
  });
});

describe('limits of simulated futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  beforeEach(() => {
    clock = new VirtualClock(START);
    // Not started: limits hold without a market that moves.
    exchange = createSimulatedExchange('binance-usdm', { clock, market: { symbols: [] } });
  });
  afterEach(() => exchange.stop());
  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  it('hears ten messages a second and cuts off at the eleventh', () => {
    const client = new RecordingClient(exchange, '/market/ws');
    for (let id = 1; id <= 10; id++) client.say({ method: 'LIST_SUBSCRIPTIONS', id });
    expect(client.closed).toBeUndefined();
    client.say({ method: 'LIST_SUBSCRIPTIONS', id: 11 });
    expect([client.closed?.code, rules()]).toEqual([1008, ['messages-per-second']]);
  });

  it('gives 1024 streams to a connection', () => {
    const client = new RecordingClient(exchange, '/market/ws');
    const params = Array.from({ length: 1025 }, (_, index) => `s${index}usdt@aggTrade`);
    client.say({ method: 'SUBSCRIBE', params: params.slice(1), id: 1 });
    expect(client.answer).toEqual({ result: null, id: 1 });
    client.say({ method: 'SUBSCRIBE', params, id: 2 });
    expect(client.answer).toMatchObject({ error: { code: 2 }, id: 2 });
    expect(rules()).toContain('topics-per-connection');
  });

  it('pings every three minutes, and waits ten for the pong', async () => {
    const lively = new RecordingClient(exchange, '/market/ws');
    const deaf = new RecordingClient(exchange, '/market/ws', false);
    await clock.advance(3 * 60_000);
    expect([lively.pings.length, deaf.pings.length]).toEqual([1, 1]);
    await clock.advance(10 * 60_000 - 1);
    expect(deaf.closed).toBeUndefined();
    await clock.advance(1);
    expect([deaf.closed?.code, lively.closed, rules()]).toEqual([1008, undefined, ['pong-timeout']]);
  });

  it('closes what is a day old', async () => {
    const client = new RecordingClient(exchange, '/market/ws');
    await clock.advance(86_400_000 - 1);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed?.code).toBe(1000);
  });

  it('refuses the 301st connection of five minutes', () => {
    for (let connects = 0; connects < 300; connects++) new RecordingClient(exchange, '/market/ws').leave();
    expect(new RecordingClient(exchange, '/market/ws').closed?.code).toBe(1008);
    expect(rules()).toEqual(['connections-per-address']);
  });
});
