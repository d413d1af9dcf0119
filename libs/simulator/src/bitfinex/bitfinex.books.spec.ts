import { VirtualClock } from '@exchange-stream/market-data';
import { BitfinexClient, KeptBook } from '../../test/bitfinex-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const CHAN_ID = 17_082;

describe('books of simulated Bitfinex', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: BitfinexClient;

  const open = (symbol: string, depthLevels = 40, activity = 1): void => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = createSimulatedExchange('bitfinex', {
      clock,
      market: { symbols: [symbol], depthLevels, stepMs: 250, activity, startTime: clock.now() - 3.6e6 },
    });
    exchange.start();
    client = new BitfinexClient(exchange);
  };
  afterEach(() => exchange.stop());

  const follow = async (
    request: object,
    kind?: ConstructorParameters<typeof KeptBook>[0],
    afterMs = 12_000,
  ): Promise<KeptBook> => {
    client.subscribe({ channel: 'book', ...request });
    await clock.advance(afterMs);
    exchange.market.pause();
    await clock.advance(3_000);
    return new KeptBook(kind).read(client.texts, CHAN_ID);
  };
  const truth = (symbol: string, side: 'bids' | 'asks', count: number): unknown =>
    exchange.market
      .book(symbol)
      [side].slice(0, count)
      .map((level) => level.map(Number));

  it.each([
    ['tBTCUSD', '1'],
    ['tBTCUSD', '25'],
    ['tBTCUSD', '100'],
    ['tBTCUSD', '250'],
    ['tXDCBTC', '25'],
    ['tTESTBTC:TESTUSD', '25'],
    ['tBTCF0:USTF0', '25'],
  ])(
    'of %s are those of the market within a length of %s, and every checksum is right',
    async (symbol, len) => {
      open(symbol, len === '250' ? 260 : 110);
      client.conf('checksum');
      const book = await follow({ symbol, len });
      for (const side of ['bids', 'asks'] as const)
        expect(book.levels(side)).toEqual(truth(symbol, side, Number(len)));
      expect(book.checked.wrong).toBe(0);
      expect(book.checked.right).toBeGreaterThan(3);
    },
  );

  it('take away what falls out of their length, and have one whole book only', async () => {
    open('tBTCUSD');
    const book = await follow({ symbol: 'tBTCUSD', len: '25' });
    // What goes is told before what comes.
    expect(book.longest).toBe(25);
    const whole = client.on(CHAN_ID).filter(([body]) => Array.isArray((body as unknown[])[0]));
    expect(whole).toHaveLength(1);
  });

  it.each(['P1', 'P2', 'P3', 'P4'])('of %s add up what stands at the same rounded price', async (prec) => {
    open('tBTCUSD', 200);
    client.conf('checksum');
    const book = await follow({ symbol: 'tBTCUSD', prec, len: '100' });
    const size = 10 ** Number(prec.slice(1));
    const { bids, asks } = exchange.market.book('tBTCUSD');
    for (const [side, levels, round] of [
      ['bids', bids, Math.floor],
      ['asks', asks, Math.ceil],
    ] as const) {
      const sums = new Map<number, number>();
      for (const [price, amount] of levels) {
        const rounded = round(Number(price) / size) * size;
        sums.set(rounded, (sums.get(rounded) ?? 0) + Number(amount));
      }
      const expected = [...sums].slice(0, 100).map(([price, sum]) => [price, Number(sum.toFixed(8))]);
      expect(book.levels(side)).toEqual(expected);
    }
    expect(book.checked).toMatchObject({ wrong: 0 });
  });

  it('of R0 are orders that make up the levels, with checksums of their ids', async () => {
    open('tBTCUSD');
    client.conf('checksum');
    const book = await follow({ symbol: 'tBTCUSD', prec: 'R0', len: '25' }, 'R');
    expect(book.levels('bids')).toHaveLength(25);
    const sums = new Map<number, number>();
    for (const [price, amount] of book.levels('bids')) sums.set(price, (sums.get(price) ?? 0) + amount);
    // The last level may have orders beyond.
    const whole = [...sums].slice(0, -1).map(([price, sum]) => [price, Number(sum.toFixed(8))]);
    expect(whole.length).toBeGreaterThan(10);
    expect(whole).toEqual(truth('tBTCUSD', 'bids', whole.length));
    expect(book.checked).toMatchObject({ wrong: 0 });
    expect(book.checked.right).toBeGreaterThan(3);
  });

  it.each([
    ['P0', 'fP'],
    ['R0', 'fR'],
  ] as const)(
    'of lending (%s) have days and signs the other way round, and no checksums',
    async (prec, kind) => {
      open('fUSD', 40);
      client.conf('checksum');
      const book = await follow({ symbol: 'fUSD', prec, len: '100' }, kind);
      const shown = exchange.shownBook!('fUSD')!;
      for (const side of ['bids', 'asks'] as const) {
        const told = book.levels(side);
        expect(told.length).toBeGreaterThan(30);
        if (kind === 'fP')
          expect(told).toEqual(shown[side].slice(0, told.length).map((level) => level.map(Number)));
        // Several periods, or orders, at a rate.
        expect(new Set(told.map(([rate]) => rate)).size).toBeLessThan(told.length);
      }
      expect(book.checked).toEqual({ right: 0, wrong: 0 });
      const [[first]] = client.on(CHAN_ID)[0] as [number[][]];
      expect(first).toHaveLength(4);
      expect(first![3]).toBeLessThan(0);
    },
  );

  it('write numbers as JavaScript does, with an exponent below a millionth', async () => {
    open('tXDCBTC');
    await follow({ symbol: 'tXDCBTC' });
    expect(client.texts.join()).toMatch(/\[[1-9](\.\d)?e-7,[1-4],\d/);
    exchange.stop();
    open('tTESTBTC:TESTUSD');
    await follow({ symbol: 'tTESTBTC:TESTUSD' });
    expect(client.texts.join()).toMatch(/\[\d+,[1-4],-?[1-9](\.\d)?e-[78]\]/);
  });

  it('change every two seconds where F1 is asked for, and in one frame where BULK_UPDATES is', async () => {
    open('tBTCUSD', 40, 3);
    client.conf('bulk', 'timestamp', 'checksum');
    const book = await follow({ symbol: 'tBTCUSD', freq: 'F1' }, 'P', 24_000);
    const updates = client
      .on(CHAN_ID)
      .filter(([body]) => Array.isArray(body))
      .slice(1);
    const times = updates.slice(0, -1).map((frame) => Number(frame.at(-1)));
    expect(times.length).toBeGreaterThan(10);
    expect(times.every((time) => time % 2_000 === 0)).toBe(true);
    expect(updates.every(([rows]) => Array.isArray((rows as unknown[])[0]))).toBe(true);
    expect(book.levels('asks')).toEqual(truth('tBTCUSD', 'asks', 25));
    expect(book.checked.wrong).toBe(0);
  });

  it('send checksums about every 2.5 seconds while they move, and none of what stands still', async () => {
    open('tBTCUSD');
    await follow({ symbol: 'tBTCUSD' });
    expect(client.on(CHAN_ID).some(([type]) => type === 'cs')).toBe(false);
    client.conf('checksum');
    await clock.advance(30_000);
    expect(client.on(CHAN_ID).filter(([type]) => type === 'cs')).toHaveLength(1);
    exchange.market.resume();
    await clock.advance(25_000);
    expect(client.on(CHAN_ID).filter(([type]) => type === 'cs')).toHaveLength(11);
  });

  it('give a newcomer what everybody else has', async () => {
    open('tBTCUSD');
    client.conf('checksum');
    client.subscribe({ channel: 'book', symbol: 'tBTCUSD' });
    await clock.advance(7_777);
    const other = new BitfinexClient(exchange);
    other.conf('checksum');
    other.subscribe({ channel: 'book', symbol: 'tBTCUSD' });
    await clock.advance(20_000);
    for (const each of [client, other]) {
      const { checked } = new KeptBook().read(each.texts, CHAN_ID);
      expect(checked.wrong).toBe(0);
      expect(checked.right).toBeGreaterThan(5);
    }
  });
});
