import { VirtualClock } from '@exchange-stream/market-data';
import { AbsoluteBook, ExchangeClient } from '../../test/coinbase-client.ts';
import { rest, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 3, 31);
const KEYS = { key: 'any', signature: 'any', passphrase: 'any', timestamp: 1_795_255_411 };

describe('simulated Coinbase Exchange', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    const symbols = ['BTC-USD', 'ETH-BTC', 'OLD-USD'];
    const market = { symbols, startTime: START - 2 * 86_400_000, depthLevels: 20, activity: 0.5 };
    exchange = createSimulatedExchange('coinbase-exchange', { clock, market });
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const connect = (address?: string): ExchangeClient => new ExchangeClient(exchange, '/', true, address);
  const listed = (client: ExchangeClient): unknown => client.type('subscriptions').at(-1)!['channels'];
  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  describe('requests', () => {
    it('are answered by the whole set of what is subscribed', () => {
      const client = connect().subscribe(['level2_batch', 'heartbeat'], ['BTC-USD']);
      client.subscribe([{ name: 'ticker', product_ids: ['ETH-BTC'] }], ['BTC-USD']);
      expect(listed(client)).toEqual([
        { name: 'level2_batch', product_ids: ['BTC-USD'], account_ids: null },
        { name: 'heartbeat', product_ids: ['BTC-USD'], account_ids: null },
        { name: 'ticker', product_ids: ['BTC-USD', 'ETH-BTC'], account_ids: null },
      ]);
      client.say({ type: 'unsubscribe', channels: ['heartbeat', 'ticker'], product_ids: ['BTC-USD'] });
      client.say({ type: 'unsubscribe', channels: ['level2_batch'] });
      expect(listed(client)).toEqual([{ name: 'ticker', product_ids: ['ETH-BTC'], account_ids: null }]);
      expect([...exchange.connections][0]!.subscriptions).toEqual(new Set(['ticker:ETH-BTC']));
      expect(rules()).toEqual([]);
    });

    it.each([
      [['ticker'], ['BTC-USD', 'NO-PE'], 'NO-PE is not a valid product'],
      [['ticker'], ['OLD-USD'], 'OLD-USD is not a valid product'],
      [['ticker', 'nothing'], ['BTC-USD'], 'nothing is not a valid channel'],
      [['matches'], [], 'matches must have at least one product'],
    ])('fail as a whole for %j of %j', async (channels, products, reason) => {
      const client = connect().subscribe(channels, products);
      expect(client.frames).toEqual([{ type: 'error', message: 'Failed to subscribe', reason }]);
      expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
      expect(rules()).toEqual(['invalid-request']);
      await clock.advance(3000);
      expect(client.frames).toHaveLength(1);
    });

    it.each(['{', '[]', '{"type":"ping"}', '{"type":"subscribe"}', '{"type":"subscribe","channels":[1]}'])(
      'are refused like %s',
      (text) => {
        const client = connect();
        client.say(text);
        expect(client.answer).toMatchObject({ type: 'error', message: 'Malformed message' });
        expect(rules()).toEqual(['invalid-request']);
      },
    );

    it.each(['level2', 'level3', 'full', 'user', 'balance'])('for %s want keys', (channel) => {
      const client = connect().subscribe([channel], ['BTC-USD']);
      expect(client.answer).toMatchObject({ type: 'error', reason: `${channel} requires authentication` });
      expect(rules()).toEqual(['not-logged-in']);
    });

    it('are heard a hundred times a second from one address', () => {
      const client = connect('a').subscribe(['ticker'], ['BTC-USD']);
      for (let message = 1; message < 100; message++)
        client.say({ type: 'unsubscribe', channels: ['ticker'] });
      expect(rules()).toEqual([]);
      client.say({ type: 'unsubscribe', channels: ['ticker'] });
      expect(client.answer).toMatchObject({ type: 'error' });
      expect(rules()).toEqual(['messages-per-address']);
    });

    it('may ask ten times for one topic, by account', () => {
      for (let index = 0; index < 10; index++) connect('a').subscribe(['ticker'], ['BTC-USD']);
      connect('b').subscribe(['ticker'], ['BTC-USD']);
      connect('a').subscribe(['ticker'], ['BTC-USD'], KEYS);
      expect(rules()).toEqual([]);
      const client = connect('a').subscribe(['ticker'], ['BTC-USD']);
      expect(client.answer).toMatchObject({ type: 'error' });
      expect(rules()).toEqual(['subscriptions-per-topic']);
    });

    it('have five seconds to begin', async () => {
      const client = connect();
      await clock.advance(5000);
      expect(client.closed).toBeDefined();
      expect(rules()).toEqual(['subscribe-overdue']);
    });
  });

  it('lets an address connect twenty times at once, then eight times a second', async () => {
    for (let index = 0; index < 20; index++) connect('a');
    expect(connect('a').closed?.code).toBe(1008);
    expect(rules()).toEqual(['connections-per-address']);
    await clock.advance(1000);
    for (let index = 0; index < 8; index++) expect(connect('a').closed).toBeUndefined();
    expect(connect('a').closed).toBeDefined();
  });

  describe('books', () => {
    const bookOf = (client: ExchangeClient): AbsoluteBook => {
      const book = new AbsoluteBook();
      for (const frame of client.type('snapshot', 'l2update')) {
        const { bids = [], asks = [], changes = [] } = frame as unknown as Record<string, string[][]>;
        for (const [price = '', amount = ''] of bids) book.set('bid', price, amount);
        for (const [price = '', amount = ''] of asks) book.set('ask', price, amount);
        for (const [side, price = '', amount = ''] of changes)
          book.set(side === 'buy' ? 'bid' : 'ask', price, amount);
      }
      return book;
    };

    it.each([
      ['level2_batch', {}],
      ['level2', KEYS],
    ])('on %s come whole after the answer, then by absolute amounts', async (channel, keys) => {
      const client = connect().subscribe([channel], ['BTC-USD'], keys);
      expect(client.frames.map(({ type }) => type)).toEqual(['subscriptions', 'snapshot']);
      await clock.advance(10_000);
      exchange.market.pause();
      const { bids, asks } = exchange.market.book('BTC-USD');
      expect(bookOf(client).levels).toEqual({ bids, asks });
      const updates = client.type('l2update');
      expect(updates.length).toBeGreaterThan(20);
      expect(JSON.stringify(updates)).toContain('"0.00000000"');
      expect(Math.max(...updates.map(({ changes }) => (changes as unknown[]).length)) > 1).toBe(
        channel === 'level2_batch',
      );
    });

    it('on level2_batch are published every 50 ms', async () => {
      const client = connect().subscribe(['level2_batch'], ['BTC-USD']);
      await clock.advance(5000);
      for (const { time } of client.type('l2update')) expect(Date.parse(String(time)) % 50).toBe(0);
    });

    it.each(['crossed', 'locked', 'zero-price', 'negative-price'] as const)(
      'are %s on demand',
      async (how) => {
        const client = connect().subscribe(['level2_batch'], ['BTC-USD']);
        exchange.faults.inject({ type: 'spoil-books', how, count: 1 });
        await clock.advance(2000);
        const [[side, price] = []] = client.type('l2update')[0]!['changes'] as string[][];
        expect(side).toBe('buy');
        if (how === 'zero-price') expect(Number(price)).toBe(0);
        else if (how === 'negative-price') expect(Number(price)).toBeLessThan(0);
        else expect(Number(price)).toBeGreaterThan(90_000);
      },
    );
  });

  it('tells matches with the side of the maker, the latest one before the answer', async () => {
    const client = connect().subscribe(['matches'], ['BTC-USD']);
    expect(client.frames.map(({ type }) => type)).toEqual(['last_match', 'subscriptions']);
    const last = exchange.market.trades('BTC-USD').at(-1)!;
    await clock.advance(10_000);
    const truth = exchange.market.trades('BTC-USD').filter(({ id }) => id >= last.id);
    expect(truth.length).toBeGreaterThan(5);
    expect(client.type('last_match', 'match')).toMatchObject(
      truth.map(({ id, takerSide }, index) => ({
        type: index === 0 ? 'last_match' : 'match',
        trade_id: id,
        side: takerSide === 'buy' ? 'sell' : 'buy',
        product_id: 'BTC-USD',
      })),
    );
    const [match] = client.type('match');
    expect(match!['maker_order_id']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(Number(match!['price'])).toBe(Number(truth[1]!.price));
    expect(Number(match!['size'])).toBe(Number(truth[1]!.amount));
  });

  it('tells a ticker for each trade, with the side of the taker, and batches every five seconds', async () => {
    const client = connect().subscribe(['ticker'], ['BTC-USD']);
    const batched = connect().subscribe(['ticker_batch'], ['BTC-USD']);
    await clock.advance(20_000);
    const rows = client.type('ticker');
    const truth = exchange.market.trades('BTC-USD').slice(-rows.length);
    expect(rows).toMatchObject(truth.map(({ id, takerSide: side }) => ({ trade_id: id, side })));
    expect(batched.type('ticker')).toHaveLength(5);
  });

  it('beats each second for each product', async () => {
    const client = connect().subscribe(['heartbeat'], ['BTC-USD', 'ETH-BTC']);
    await clock.advance(3000);
    expect(client.type('heartbeat')).toHaveLength(6);
    const last = exchange.market.trades('BTC-USD').at(-1)!;
    expect(client.type('heartbeat').at(-2)).toMatchObject({
      product_id: 'BTC-USD',
      last_trade_id: last.id,
      time: '2026-11-21T10:03:34Z',
    });
  });

  it('tells the status of all products, whatever products are asked for', async () => {
    const client = connect().subscribe(['status'], ['BTC-USD']);
    exchange.market.halt('ETH-BTC');
    await clock.advance(5000);
    const statuses = client
      .type('status')
      .map(({ products }) => (products as { status: string }[]).map(({ status }) => status).join());
    expect(statuses).toEqual([
      'online,online,delisted',
      'online,offline,delisted',
      'online,offline,delisted',
    ]);
  });

  describe('REST', () => {
    const end = Date.UTC(2026, 10, 21, 10) / 1000;

    it('lists products', () => {
      expect(restBody(exchange, '/products')).toMatchObject([
        { id: 'BTC-USD', quote_increment: '0.01', base_increment: '0.00000001', status: 'online' },
        { id: 'ETH-BTC', trading_disabled: false },
        { id: 'OLD-USD', status: 'delisted', trading_disabled: true },
      ]);
    });

    it('serves books of three levels', () => {
      const { lastUpdateId, bids, asks } = exchange.market.book('BTC-USD');
      const book = (level: number): Record<string, unknown> =>
        restBody(exchange, `/products/BTC-USD/book?level=${level}`);
      expect(book(1)).toMatchObject({ sequence: lastUpdateId, bids: [[...bids[0]!, 1]] });
      expect(book(2)['asks']).toEqual(asks.map((level) => [...level, 1]));
      const anyId = expect.any(String) as string;
      expect(book(3)['bids']).toEqual(bids.map((level) => [...level, anyId]));
    });

    it('serves candles newest first as bare numbers: time, low, high, open, close, volume', () => {
      const rows = restBody<number[][]>(
        exchange,
        `/products/BTC-USD/candles?granularity=60&start=${end - 600}&end=2026-11-21T10:00:00Z`,
      );
      expect(rows.map(([time]) => time)).toEqual(Array.from({ length: 11 }, (_, index) => end - index * 60));
      const truth = exchange.market.candles('BTC-USD', '1m').find(({ openTime }) => openTime === end * 1000)!;
      const { low, high, open, close, volume } = truth;
      expect(rows[0]).toEqual([end, ...[low, high, open, close, volume].map(Number)]);
    });

    it('serves 300 candles, and takes more for a mistake', () => {
      expect(restBody(exchange, '/products/BTC-USD/candles?granularity=300')).toHaveLength(300);
      const target = `/products/BTC-USD/candles?granularity=300&start=${end - 301 * 300}&end=${end}`;
      expect(rest(exchange, target).status).toBe(400);
      expect(rules()).toEqual(['invalid-request']);
    });

    it('tells the latest trades newest first, with the side of the maker, and the time', () => {
      const [newest] = restBody<unknown[]>(exchange, '/products/BTC-USD/trades?limit=10');
      const truth = exchange.market.trades('BTC-USD').at(-1)!;
      expect(newest).toMatchObject({
        trade_id: truth.id,
        price: truth.price,
        side: truth.takerSide === 'buy' ? 'sell' : 'buy',
      });
      expect(restBody(exchange, '/time')).toEqual({ iso: '2026-11-21T10:03:31Z', epoch: START / 1000 });
    });

    it.each([
      ['/products/NO-PE', 404],
      ['/products/BTC-USD/book?level=4', 400],
      ['/products/BTC-USD/candles?granularity=61', 400],
      ['/products/BTC-USD/trades?limit=0', 400],
      ['/nothing', 404],
    ])('refuses %s', (target, status) => {
      expect(rest(exchange, target)).toMatchObject({
        status,
        body: expect.stringMatching(/^\{"message"/) as string,
      });
    });

    it('is asked twenty times at once at most', () => {
      for (let index = 0; index < 20; index++) rest(exchange, '/time');
      expect(rules()).toEqual([]);
      expect(rest(exchange, '/time').status).toBe(429);
      expect(rules()).toEqual(['request-weight']);
    });
  });
});
