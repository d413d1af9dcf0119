import { krakenFutures } from '@exchange-stream/adapters';
import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type Socket,
  type SocketHandlers,
  type SubscriptionHandle,
} from '@exchange-stream/nestjs/engine';

const exchange = 'kraken-futures';
const symbol = 'BTC/USD:USD';
const PRODUCT = 'PF_XBTUSD';

const LISTED = JSON.stringify({
  result: 'success',
  instruments: [
    {
      ...{ symbol: PRODUCT, tickSize: 1, contractSize: 1, tradeable: true, contractValueTradePrecision: 4 },
      ...{ postOnly: false, base: 'BTC', quote: 'USD' },
    },
  ],
});
const CANDLES = JSON.stringify({
  candles: [0, 1, 2].map((hour) => ({
    ...{ time: hour * 3_600_000, open: '10', high: '12', low: '9', close: '11', volume: '5' },
  })),
  more_candles: false,
});

/** An exchange that confirms whatever it is asked, and says nothing but what it is told to. */
class Script {
  readonly clock = new VirtualClock(2 * 3_600_000 + 60_000);
  readonly asked: string[] = [];
  readonly events: MarketEvent[] = [];
  /** How often REST was asked for candles. */
  charts = 0;
  listed = LISTED;
  readonly stream: ExchangeStream;
  private handlers: SocketHandlers | undefined;

  constructor() {
    this.stream = new ExchangeStream(
      { exchanges: [krakenFutures()] },
      {
        clock: this.clock,
        random: { next: () => 0.5 },
        http: {
          request: ({ url }) => {
            const isChart = url.includes('/charts/');
            if (isChart) this.charts++;
            return Promise.resolve({ status: 200, headers: {}, body: isChart ? CANDLES : this.listed });
          },
        },
        sockets: { open: (_url, _options, handlers) => this.open(handlers) },
      },
    );
    this.stream.start();
  }

  subscribe(request: Pick<SubscriptionRequest, 'channel' | 'params'>): SubscriptionHandle {
    const handle = this.stream.subscribe({ exchange, symbol, ...request });
    handle.on((event) => this.events.push(event));
    return handle;
  }

  say(frame: object): void {
    this.handlers?.onFrame(Buffer.from(JSON.stringify({ product_id: PRODUCT, ...frame })), false);
  }

  level(seq: number, price: number, qty: number): void {
    this.say({ feed: 'book', side: 'buy', seq, price, qty, timestamp: 5 });
  }

  snapshot(seq: number): void {
    const [bids, asks] = [[{ price: 99, qty: 1 }], [{ price: 101, qty: 2 }]];
    this.say({ feed: 'book_snapshot', timestamp: 1, seq, bids, asks });
  }

  async close(): Promise<void> {
    const closed = this.stream.close();
    await this.clock.advance(100);
    await closed;
    expect(this.clock.pending).toBe(0);
  }

  private open(handlers: SocketHandlers): Socket {
    this.handlers = handlers;
    this.clock.after(1, () => {
      handlers.onOpen();
      this.say({ event: 'info', version: 1 });
    });
    const end = (code: number) => void this.clock.after(1, () => handlers.onClose(code, ''));
    return {
      send: (text) => this.answer(JSON.parse(String(text)) as Record<string, unknown>),
      ping: () => handlers.onPong(),
      pong: () => undefined,
      close: (code = 1000) => end(code),
      terminate: () => end(1006),
      bufferedBytes: 0,
    };
  }

  private answer({ event, feed, product_ids: products }: Record<string, unknown>): void {
    this.asked.push(`${String(event)} ${String(feed)}`);
    this.clock.after(1, () => this.say({ event: `${String(event)}d`, feed, product_ids: products }));
  }
}

describe('Kraken Futures, from the socket to whoever listens', () => {
  test('a book goes on by one number, and whatever else comes has it asked for anew', async () => {
    const script = new Script();
    const book = script.subscribe({ channel: 'book' });
    await script.clock.advance(500);
    script.snapshot(10);
    script.level(11, 100, 3);
    expect(book.view()).toMatchObject({ data: 'live' });
    // A leap.
    script.level(13, 98, 1);
    expect(book.view()).toMatchObject({ data: 'gap' });
    await script.clock.advance(1_000);
    expect(script.asked).toEqual(['subscribe book', 'unsubscribe book', 'subscribe book']);
    script.snapshot(20);
    expect(book.view()).toMatchObject({ data: 'live' });
    // A step back.
    script.level(20, 98, 1);
    expect(book.view()).toMatchObject({ data: 'gap' });
    await script.clock.advance(60_000);
    const asked = script.asked.filter((what) => what === 'subscribe book').length;
    // Not at the pace at which it might break again.
    expect(asked).toBeLessThanOrEqual(12);
    expect(asked).toBeGreaterThan(2);
    await script.close();
  });

  test('one feed is asked for once, and each of its channels has what is its own', async () => {
    const script = new Script();
    for (const channel of ['ticker', 'quotes', 'derivatives', 'trades', 'liquidations'] as const)
      script.subscribe({ channel });
    await script.clock.advance(500);
    expect(script.asked.sort()).toEqual(['subscribe ticker', 'subscribe trade']);
    const best = { bid: 99, bid_size: 1, ask: 101, ask_size: 2, last: 100 };
    const values = {
      markPrice: 100.5,
      index: 100.25,
      openInterest: 7,
      relative_funding_rate: -1.5e-6,
      funding_rate: 9,
    };
    script.say({ feed: 'ticker', time: 5, ...best, ...values, suspended: false, post_only: false });
    const trade = { feed: 'trade', side: 'sell', time: 6, qty: 1, price: 100 };
    script.say({ feed: 'trade_snapshot', trades: [{ ...trade, uid: 'a', type: 'fill', seq: 1 }] });
    script.say({ ...trade, uid: 'b', type: 'liquidation', seq: 2 });
    const data = script.events.filter(({ type }) => type !== 'status');
    expect(data.map(({ type }) => type)).toEqual(['ticker', 'quote', 'derivatives', 'trade', 'liquidation']);
    expect(data[2]).toMatchObject({
      fundingRate: '-0.0000015',
      markPrice: '100.5',
      openInterestContracts: '7',
    });
    expect(data[3]).toMatchObject({ id: 'b', side: 'sell' });
    await script.close();
  });

  test('what is suspended is halted until it is open', async () => {
    const script = new Script();
    const book = script.subscribe({ channel: 'book' });
    const ticker = script.subscribe({ channel: 'ticker' });
    await script.clock.advance(500);
    script.snapshot(10);
    const say = (suspended: boolean): void =>
      script.say({ feed: 'ticker', time: 5, last: 100, bid: 1, bid_size: 1, ask: 2, ask_size: 1, suspended });
    say(true);
    expect([book.view().data, ticker.view().data]).toEqual(['halted', 'halted']);
    say(false);
    expect(ticker.view().data).toBe('live');
    // The book begins anew.
    await script.clock.advance(2_000);
    script.snapshot(50);
    expect(book.view().data).toBe('live');
    await script.close();
  });

  test('candles come by REST, and need no connection', async () => {
    const script = new Script();
    const candles = script.subscribe({ channel: 'candles', params: { interval: '1h', history: 2 } });
    await script.clock.advance(10_000);
    expect(script.asked).toEqual([]);
    const told = script.events.filter((event) => event.type === 'candle');
    expect(told.map(({ openTime, closed }) => [openTime / 3_600_000, closed])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ]);
    expect(candles.view()).toMatchObject({ data: 'live' });
    await script.close();
  });

  test('candles of a contract that is not listed any more are asked for no more', async () => {
    const script = new Script();
    const candles = script.subscribe({ channel: 'candles', params: { interval: '1m' } });
    await script.clock.advance(600_000);
    expect(script.charts).toBeGreaterThan(5);
    script.listed = LISTED.replaceAll('PF_XBTUSD', 'PF_ETHUSD').replace('"BTC"', '"ETH"');
    await script.clock.advance(4_200_000);
    expect(candles.view()).toMatchObject({ state: 'failed', failure: 'unknown-symbol' });
    script.charts = 0;
    await script.clock.advance(3_600_000);
    expect(script.charts).toBe(0);
    await script.close();
  });
});
