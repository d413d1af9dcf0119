import { VirtualClock } from '@exchange-stream/market-data';
import { BitfinexClient, KeptBook } from '../../test/bitfinex-client.ts';
import { FAULT_TYPES } from '../faults/fault.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { createSimulatedExchange, type BookError, type SimulatedExchange } from '../index.ts';

const CHAN_ID = 17_082;
const TOPIC = 'book:P0:F0:25:tBTCUSD';
const topicOf = (precision: string): string =>
  precision === 'R0' ? 'book:R0:25:tBTCUSD' : TOPIC.replace('P0', precision);

describe('faults of simulated Bitfinex', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: BitfinexClient;

  beforeEach(() => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = createSimulatedExchange('bitfinex', {
      clock,
      market: { symbols: ['tBTCUSD'], depthLevels: 40, stepMs: 250, startTime: clock.now() - 3.6e6 },
    });
    exchange.start();
    client = new BitfinexClient(exchange);
    client.conf('sequence', 'checksum');
  });
  afterEach(() => exchange.stop());

  const book = async (prec = 'P0'): Promise<void> => {
    client.subscribe({ channel: 'book', symbol: 'tBTCUSD', prec });
    await clock.advance(2_000);
  };
  const numbers = (): number[] => client.data.map((frame) => Number(frame.at(-1)));

  it('a lost frame has taken its number', async () => {
    await book();
    exchange.faults.inject({ type: 'drop-frames', topic: TOPIC, count: 1 });
    await clock.advance(10_000);
    const gaps = numbers().filter((number, index, all) => index > 0 && number !== all[index - 1]! + 1);
    expect(gaps).toHaveLength(1);
  });

  it('a channel that has nothing to say takes none', async () => {
    await book();
    exchange.faults.inject({ type: 'stall', topic: TOPIC, forMs: 5_000 });
    await clock.advance(10_000);
    expect(numbers()).toEqual(numbers().map((_, index) => index + 1));
  });

  it.each([
    ['crossed', 'P0'],
    ['locked', 'P0'],
    ['wrong-amount', 'P0'],
    ['wrong-checksum', 'P0'],
    ['wrong-amount', 'R0'],
    ['crossed', 'R0'],
  ] as const)('a %s book (%s) is found by the next checksum', async (how: BookError, prec) => {
    await book(prec);
    const topic = topicOf(prec);
    exchange.faults.inject({ type: 'spoil-books', how, topic, count: 1 });
    await clock.advance(20_000);
    expect(exchange.faults.log.filter(({ event }) => event === 'hit')).toHaveLength(1);
    const { checked } = new KeptBook(prec === 'R0' ? 'R' : 'P').read(client.texts, CHAN_ID);
    expect(checked.wrong).toBeGreaterThan(0);
  });

  it.each([
    ['zero-price', 'P0', /,\[0,1,1\],/],
    ['negative-price', 'P0', /,\[-\d+,1,1\],/],
    ['negative-price', 'R0', /,\[\d+,-\d+,1\],/],
  ] as const)('a %s book (%s) shows it', async (how: BookError, prec, row) => {
    await book(prec);
    exchange.faults.inject({ type: 'spoil-books', how, topic: topicOf(prec), count: 1 });
    await clock.advance(5_000);
    expect(client.texts.filter((text) => row.test(text))).toHaveLength(1);
  });

  it('data waits for an acknowledgement that is late, and not for one that is lost', async () => {
    exchange.faults.inject({ type: 'delay-ack', delayMs: 3_000, count: 1 });
    client.subscribe({ channel: 'ticker', symbol: 'tBTCUSD' });
    await clock.advance(2_999);
    expect(client.data).toEqual([]);
    await clock.advance(1);
    expect(client.data).toHaveLength(1);
    exchange.faults.inject({ type: 'lose-ack', count: 1 });
    client.subscribe({ channel: 'trades', symbol: 'tBTCUSD' });
    expect(client.data.at(-1)).toEqual([CHAN_ID + 7, expect.any(Array), 2]);
    client.subscribe({ channel: 'trades', symbol: 'tBTCUSD' });
    expect(client.answer).toMatchObject({ code: 10_301, chanId: CHAN_ID + 7 });
  });

  it('what is refused by a fault has no channel, and can be asked for again', async () => {
    exchange.faults.inject({ type: 'refuse-subscriptions', count: 1, temporary: true });
    client.subscribe({ channel: 'book', symbol: 'tBTCUSD' });
    await clock.advance(50);
    expect(client.answer).toMatchObject({ event: 'error', code: 11_000, channel: 'book' });
    await book();
    expect(client.events.at(-1)).toMatchObject({ event: 'subscribed' });
    expect([...exchange.connections][0]!.subscriptions).toEqual(new Set([TOPIC]));
  });

  it('an unknown frame is of a channel that nobody has', () => {
    exchange.faults.inject({ type: 'unsolicited-frame', topic: 'x', data: { unknown: 1 } });
    expect(client.answer).toEqual([17_075, { unknown: 1 }, 1]);
  });

  it('has no numbers of books, and no whole books in between', () => {
    for (const type of ['recount-books', 'resend-books'] as const)
      expect(() => exchange.faults.inject({ type })).toThrow('can happen to the books');
  });
});

it.each([1, 2])(
  'survives all faults drawn by lot (seed %i), and is right when they are over',
  async (seed) => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    const market = { symbols: ['tBTCUSD'], startTime: clock.now(), depthLevels: 30, activity: 0.3 };
    const exchange = createSimulatedExchange('bitfinex', { clock, seed, market });
    exchange.start();
    // Its books are neither numbered nor sent whole again.
    const left = ['oversize-frame', 'rest-oversize', 'recount-books', 'resend-books'];
    const types = FAULT_TYPES.filter((type) => !left.includes(type));
    const topics = [TOPIC, 'trades:tBTCUSD', 'ticker:tBTCUSD', 'candles:trade:1m:tBTCUSD'];
    exchange.faults.run(randomFaults(seed, { durationMs: 20_000, intensity: 120, topics, types }));
    const follow = (): BitfinexClient => {
      const client = new BitfinexClient(exchange);
      client.conf('sequence', 'checksum');
      client.subscribe({ channel: 'book', symbol: 'tBTCUSD' });
      for (const channel of ['trades', 'ticker']) client.subscribe({ channel, symbol: 'tBTCUSD' });
      client.subscribe({ channel: 'candles', key: 'trade:1m:tBTCUSD' });
      return client;
    };
    for (let second = 0; second < 20; second++) {
      follow();
      await clock.advance(1_000);
    }
    expect(exchange.faults.active).toEqual([]);
    const client = follow();
    await clock.advance(5_000);
    exchange.market.pause();
    const kept = new KeptBook().read(client.texts, CHAN_ID);
    const { bids, asks } = exchange.market.book('tBTCUSD');
    const best = (levels: typeof bids): unknown => levels.slice(0, 25).map((level) => level.map(Number));
    expect([kept.levels('bids'), kept.levels('asks')]).toEqual([best(bids), best(asks)]);
    expect(kept.checked).toMatchObject({ wrong: 0 });
    exchange.stop();
    expect(clock.pending).toBe(0);
  },
);
