import { VirtualClock } from '@exchange-stream/market-data';
import { OkxClient } from '../../test/okx-client.ts';
import { createSimulatedExchange, type HandshakeRefusal, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);

describe('a connection to simulated OKX', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('okx', {
      clock,
      market: {
        symbols: ['BTC-USDT'],
        stepMs: 500,
        depthLevels: 10,
        startTime: START - 86_400_000,
      },
    });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  describe('requests', () => {
    it('acknowledges each arg by itself, with the id of the request and that of the connection', () => {
      const client = new OkxClient(exchange);
      const args = [
        { channel: 'trades', instId: 'BTC-USDT' },
        { channel: 'books', instId: 'BTC-USDT' },
      ];
      client.say({ id: '1512', op: 'subscribe', args });
      const connId = expect.stringMatching(/^[0-9a-f]{8}$/) as string;
      expect(client.messages).toEqual(args.map((arg) => ({ id: '1512', event: 'subscribe', arg, connId })));
      client.say({ op: 'unsubscribe', args: [args[0]] });
      expect(client.answer).toEqual({ event: 'unsubscribe', arg: args[0], connId });
      expect([...exchange.connections][0]!.subscriptions).toEqual(new Set(['books:BTC-USDT']));
    });

    it('takes the other args of a request of which some are refused', () => {
      const client = new OkxClient(exchange);
      client.subscribe('trades:NOPE-USDT', 'trades:BTC-USDT', 'candle1m:BTC-USDT');
      expect(client.replies.map(({ event, code }) => code ?? event)).toEqual(['60018', 'subscribe', '64001']);
      expect(client.replies[0]!.msg).toContain('channel:trades,instId:NOPE-USDT');
    });

    it.each([
      ['business', 'trades:BTC-USDT', '60018'],
      ['public', 'trades-all:BTC-USDT', '64001'],
      ['public', 'candle1Dutc:BTC-USDT', '64001'],
      ['business', 'candle7m:BTC-USDT', '60018'],
      ['public', 'gossip:BTC-USDT', '60018'],
      ['public', 'funding-rate:BTC-USDT', '60018'],
      ['public', 'index-tickers:ETH-USD', '60018'],
      ['public', 'books-l2-tbt:BTC-USDT', '60011'],
      ['public', 'orders:BTC-USDT', '60008'],
      ['private', 'trades:BTC-USDT', '60028'],
      ['private', 'orders:BTC-USDT', '60011'],
    ])('refuses on /%s %s with code %s', (place, arg, code) => {
      const client = new OkxClient(exchange, place);
      client.subscribe(arg);
      expect(client.replies).toMatchObject([{ event: 'error', code }]);
      expect(rules()).toEqual(['invalid-request']);
    });

    it('knows the underlying of options by its new name only', () => {
      exchange.market.list('BTC-USD-261225-100000-C');
      const client = new OkxClient(exchange);
      client.subscribe(
        { channel: 'opt-summary', uly: 'BTC-USD' },
        { channel: 'opt-summary', instFamily: 'BTC-USD' },
      );
      expect(client.replies.map(({ event, code }) => code ?? event)).toEqual(['64000', 'subscribe']);
    });

    it.each([
      ['{not json', '60012'],
      ['[]', '60012'],
      ['{"op":"subscribe","id":"has-hyphen","args":[]}', '60012'],
      [`{"op":"subscribe","id":"${'x'.repeat(33)}","args":[]}`, '60012'],
      ['{"op":"subscribe","args":[{"id":"7"}]}', '60012'],
      ['{"op":"subscribe"}', '60013'],
      ['{"op":"please","args":[]}', '60019'],
    ])('answers %s with code %s', (text, code) => {
      const client = new OkxClient(exchange);
      client.say(text);
      expect(client.replies).toMatchObject([{ event: 'error', code }]);
      if (code === '60012') expect(client.replies[0]).toMatchObject({ msg: `Invalid request: ${text}` });
      expect(client.closed).toBeUndefined();
    });

    it('says nothing of the id beside a request that it cannot read', () => {
      const client = new OkxClient(exchange);
      client.say({ id: '9', op: 'subscribe', args: [{ instId: 'BTC-USDT' }] });
      expect(client.replies[0]!.id).toBeUndefined();
      expect(client.replies[0]!.msg).toContain('"id":"9"');
    });

    it('lets nobody log in', () => {
      const client = new OkxClient(exchange, 'private');
      client.say({ op: 'login', args: [{ apiKey: 'k', passphrase: 'p', timestamp: '1', sign: 's' }] });
      expect(client.replies).toMatchObject([{ event: 'error', code: '60009' }]);
    });
  });

  describe('life', () => {
    it('ends when nothing was sent for 30 seconds', async () => {
      const client = new OkxClient(exchange);
      await clock.advance(29_999);
      expect(client.closed).toBeUndefined();
      await clock.advance(1);
      expect(client.closed).toMatchObject({ code: 4004 });
      expect(rules()).toEqual(['ping-overdue']);
    });

    it('goes on with pings, which are texts', async () => {
      const client = new OkxClient(exchange);
      for (let round = 0; round < 5; round++) {
        await clock.advance(25_000);
        client.say('ping');
        expect(client.texts.at(-1)).toBe('pong');
      }
      expect(client.closed).toBeUndefined();
      expect(exchange.violations).toEqual([]);
    });

    it('goes on while data comes', async () => {
      const client = new OkxClient(exchange);
      client.subscribe('books:BTC-USDT');
      await clock.advance(120_000);
      expect(client.closed).toBeUndefined();
      exchange.market.pause();
      await clock.advance(30_200);
      expect(client.closed?.code).toBe(4004);
    });

    it('tells of a service upgrade before it ends', async () => {
      const client = new OkxClient(exchange);
      client.subscribe('tickers:BTC-USDT');
      exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 60_000 });
      expect(client.answer).toMatchObject({ event: 'notice', code: '64008' });
      await clock.advance(59_000);
      expect(client.closed).toBeUndefined();
      await clock.advance(1000);
      expect(client.closed).toBeDefined();
    });
  });

  describe('limits', () => {
    const knock = (address = 'client', path = '/ws/v5/public'): HandshakeRefusal | undefined =>
      exchange.refuseHandshake({ path, query: new URLSearchParams(), address });

    it('lets three connects a second pass', async () => {
      for (let count = 0; count < 3; count++) expect(knock()).toBeUndefined();
      expect(knock()).toMatchObject({ status: 429 });
      expect(knock('elsewhere')).toBeUndefined();
      expect(rules()).toEqual(['connections-per-address']);
      await clock.advance(1000);
      expect(knock()).toBeUndefined();
      expect(knock('lost', '/ws/v5/other')).toMatchObject({ status: 404 });
    });

    it('takes 480 requests an hour from one connection, however many args they have', async () => {
      // Without a market a virtual hour passes faster.
      exchange.stop();
      const client = new OkxClient(exchange);
      for (let count = 0; count < 240; count++) {
        client.subscribe('tickers:BTC-USDT', 'trades:BTC-USDT');
        client.unsubscribe('tickers:BTC-USDT');
      }
      expect(exchange.violations).toEqual([]);
      client.subscribe('tickers:BTC-USDT');
      expect(client.answer).toMatchObject({ event: 'error', code: '60014' });
      expect(rules()).toEqual(['requests-per-hour']);
      expect([...exchange.connections][0]!.subscriptions).toEqual(new Set(['trades:BTC-USDT']));
      for (let round = 0; round < 150; round++) {
        client.say('ping');
        await clock.advance(25_000);
      }
      client.subscribe('tickers:BTC-USDT');
      expect(client.replies.at(-1)).toMatchObject({ event: 'subscribe' });
    });

    it('takes 64 KB of args', () => {
      const client = new OkxClient(exchange);
      const many = Array.from({ length: 1700 }, () => ({ channel: 'books', instId: 'BTC-USDT' }));
      client.say({ op: 'subscribe', args: many });
      expect(client.replies).toMatchObject([{ event: 'error', code: '60012' }]);
      expect(rules()).toEqual(['bytes-per-message']);
      client.say({ op: 'subscribe', args: many.slice(0, 1500) });
      expect(client.replies.filter(({ event }) => event === 'subscribe')).toHaveLength(1500);
    });
  });

  it('has the faults of others, but no pauses', async () => {
    const client = new OkxClient(exchange);
    expect(() => exchange.faults.inject({ type: 'pause' })).toThrow('one that this exchange has words for');
    exchange.faults.inject({ type: 'refuse-subscriptions', count: 1 });
    client.subscribe('trades:BTC-USDT');
    exchange.faults.inject({ type: 'refuse-subscriptions', temporary: true, count: 1 });
    client.subscribe('trades:BTC-USDT');
    expect(client.replies.map(({ code }) => code)).toEqual(['60018', '60014']);
    exchange.faults.inject({ type: 'stall', topic: 'trades:BTC-USDT' });
    client.subscribe('trades:BTC-USDT', 'tickers:BTC-USDT');
    await clock.advance(10_000);
    expect(client.dataOf('trades')).toEqual([]);
    expect(client.dataOf('tickers').length).toBeGreaterThan(5);
    exchange.faults.inject({ type: 'unsolicited-frame', topic: 'books:ETH-USDT', data: { seqId: 1 } });
    expect(client.answer).toEqual({ arg: { channel: 'books', instId: 'ETH-USDT' }, data: [{ seqId: 1 }] });
  });

  it('leaves no timer behind when the exchange stops', async () => {
    new OkxClient(exchange).subscribe('bbo-tbt:BTC-USDT', 'books:BTC-USDT', 'status');
    exchange.announceMaintenance?.({ title: 'Upgrade', beginsInMs: 60_000, lastsMs: 60_000 });
    await clock.advance(10_000);
    exchange.stop();
    expect(clock.pending).toBe(0);
  });
});
