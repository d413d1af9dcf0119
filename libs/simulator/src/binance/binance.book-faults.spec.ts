import { VirtualClock } from '@exchange-stream/market-data';
import { RecordingClient, restBody } from '../../test/recording-client.ts';
import {
  createSimulatedExchange,
  InvalidFaultError,
  type BookError,
  type SimulatedExchange,
} from '../index.ts';

const DEPTH = 'btcusdt@depth@100ms';
const TOP = 'btcusdt@depth5@100ms';

type Levels = readonly (readonly [string, string])[];

interface Changes {
  readonly U: number;
  readonly u: number;
  readonly b: Levels;
}

describe('books of Binance', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: RecordingClient;

  beforeEach(async () => {
    clock = new VirtualClock();
    exchange = createSimulatedExchange('binance', { clock, market: { symbols: ['BTCUSDT', 'ETHUSDT'] } });
    exchange.start();
    client = new RecordingClient(exchange, `/stream?streams=${DEPTH}/${TOP}/ethusdt@depth@100ms`);
    await clock.advance(1_050);
  });
  afterEach(() => exchange.stop());

  const changes = (topic = DEPTH): Changes[] => client.of(topic) as unknown as Changes[];

  test.each([
    ['crossed', 1],
    ['locked', 0],
  ] as const)('are %s by one bid more', async (how, rank) => {
    exchange.faults.inject({ type: 'spoil-books', topic: DEPTH, how, count: 1 });
    const before = changes().length;
    for (let ms = 0; changes().length === before; ms++) await clock.advance(1);
    const meant = JSON.parse(exchange.faults.log.find(({ event }) => event === 'hit')!.text!) as {
      data: Changes;
    };
    const { b, ...rest } = changes().at(-1)!;
    expect(b.slice(1)).toEqual(meant.data.b);
    expect(rest).toEqual({ ...meant.data, b: undefined });
    expect(b[0]![0]).toBe(exchange.market.book('BTCUSDT').asks[rank]![0]);
  });

  test.each([
    ['zero-price', /^0\.0+$/],
    ['negative-price', /^-\d/],
  ] as const)('have a level of %s, partial ones too', async (how, price) => {
    exchange.faults.inject({ type: 'spoil-books', topic: DEPTH, how, count: 1 });
    exchange.faults.inject({ type: 'spoil-books', topic: TOP, how, count: 1 });
    const [before, tops] = [changes().length, client.of(TOP).length];
    await clock.advance(1_000);
    expect(changes()[before]!.b[0]![0]).toMatch(price);
    expect((client.of(TOP)[tops] as { bids: Levels }).bids[0]![0]).toMatch(price);
    expect(changes()[before + 1]!.b.some(([text]) => price.test(text))).toBe(false);
  });

  test.each<BookError>(['wrong-amount', 'wrong-checksum'])('have no %s: nothing would tell', async (how) => {
    const fault = exchange.faults.inject({ type: 'spoil-books', how, count: 1 });
    await clock.advance(1_000);
    expect(fault.hits).toBe(0);
  });

  test('can be counted anew: what was pending goes by the old numbers, and the next change is number 2', async () => {
    const { lastUpdateId } = exchange.market.book('BTCUSDT');
    exchange.faults.inject({ type: 'recount-books', symbol: 'BTCUSDT' });
    expect(exchange.market.book('BTCUSDT').lastUpdateId).toBe(1);
    expect(restBody(exchange, '/api/v3/depth?symbol=BTCUSDT')).toMatchObject({ lastUpdateId: 1 });
    const before = changes().length;
    expect(changes().at(-1)!.u).toBe(lastUpdateId);
    await clock.advance(1_000);
    const anew = changes().slice(before);
    expect(anew[0]!.U).toBe(2);
    expect(anew.every(({ U }, index) => index === 0 || U === anew[index - 1]!.u + 1)).toBe(true);
    expect(changes('ethusdt@depth@100ms').at(-1)!.U).toBeGreaterThan(1_000_000);
  });

  test('are never sent whole by the stream', () => {
    expect(() => exchange.faults.inject({ type: 'resend-books' })).toThrow(InvalidFaultError);
  });
});
