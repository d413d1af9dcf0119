import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenClient } from '../../test/kraken-client.ts';
import { KrakenExchange } from './kraken.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);

describe('a connection to simulated Kraken', () => {
  let clock: VirtualClock;
  let exchange: KrakenExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = new KrakenExchange(
      {
        clock,
        market: { symbols: ['BTC/USD', 'DOGE/USD'], depthLevels: 12, startTime: START, activity: 0.2 },
      },
      { messagesPerSecond: 20 },
    );
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  it('is told the state of the exchange first, with an id that no double holds', () => {
    const [text = ''] = new KrakenClient(exchange).texts;
    expect(JSON.parse(text)).toMatchObject({
      channel: 'status',
      data: [{ system: 'online', version: '2.0.10' }],
    });
    const [, id = ''] = /"connection_id":(\d+)\}/.exec(text) ?? [];
    expect(String(Number(id))).not.toBe(id);
  });

  it('is answered once for each symbol, with the id of the request, some with a refusal', () => {
    const client = new KrakenClient(exchange).subscribe('ticker', ['BTC/USD', 'FOO/BAR', 'DOGE/USD']);
    expect(client.replies).toMatchObject([
      {
        method: 'subscribe',
        req_id: 7,
        success: true,
        result: { channel: 'ticker', symbol: 'BTC/USD', snapshot: true },
      },
      {
        method: 'subscribe',
        req_id: 7,
        success: false,
        symbol: 'FOO/BAR',
        error: 'Currency pair not supported FOO/BAR',
      },
      { method: 'subscribe', req_id: 7, success: true, result: { symbol: 'DOGE/USD' } },
    ]);
    expect(rules()).toEqual(['invalid-request']);
  });

  it.each([
    ['book', { depth: 11 }, 'Subscription depth not supported'],
    ['ohlc', { interval: 7 }, 'Subscription ohlc interval not supported'],
    ['executions', {}, 'ESession:Invalid session'],
    ['level3', {}, 'ESession:Invalid session'],
  ])('is refused %s with %j', (channel, params, error) => {
    const client = new KrakenClient(exchange).subscribe(channel, 'BTC/USD', params);
    expect(client.replies).toMatchObject([{ success: false, error }]);
    expect(rules()).toEqual(['invalid-request']);
  });

  it('is told what it has subscribed already, and has it once', () => {
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD').subscribe('book', 'BTC/USD');
    expect(client.replies).toMatchObject([
      { success: true },
      { success: false, error: 'Already subscribed' },
    ]);
    expect(client.of('book')).toHaveLength(1);
    expect(rules()).toEqual([]);
  });

  it('ends a subscription by the parameters with which it began', async () => {
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD', { depth: 25 });
    client.unsubscribe('book', 'BTC/USD');
    expect(client.replies.at(-1)).toMatchObject({ method: 'unsubscribe', success: false });
    client.unsubscribe('book', 'BTC/USD', { depth: 25 });
    expect(client.replies.at(-1)).toMatchObject({
      method: 'unsubscribe',
      success: true,
      result: { channel: 'book', symbol: 'BTC/USD', depth: 25 },
    });
    const before = client.texts.length;
    await clock.advance(5000);
    expect(client.texts).toHaveLength(before);
  });

  it.each(['"1"', '1.5', String(2 ** 31), 'null', '9007199254740993'])('takes no request id %s', (id) => {
    const client = new KrakenClient(exchange);
    client.say(`{"method":"ping","req_id":${id}}`);
    expect(client.answer).toMatchObject({ success: false });
    expect(rules()).toEqual(['invalid-request']);
  });

  it.each(['{not json', '[]', '{}', '{"method":"please"}', '{"method":"subscribe"}'])(
    'refuses %s',
    (text) => {
      const client = new KrakenClient(exchange);
      client.say(text);
      expect(client.answer).toMatchObject({ success: false });
      expect(rules()).toEqual(['invalid-request']);
      expect(client.closed).toBeUndefined();
    },
  );

  it('answers pings with the id and times', () => {
    const client = new KrakenClient(exchange);
    client.say({ method: 'ping', req_id: 101 });
    const time = '2026-11-21T10:00:20.000000Z';
    expect(client.answer).toEqual({ method: 'pong', req_id: 101, time_in: time, time_out: time });
  });

  it('hears a heartbeat in each second in which it hears nothing else', async () => {
    exchange.market.pause();
    const client = new KrakenClient(exchange).subscribe('trade', 'BTC/USD');
    await clock.advance(5000);
    expect(client.of('heartbeat')).toHaveLength(5);
    client.unsubscribe('trade', 'BTC/USD');
    await clock.advance(5000);
    expect(client.of('heartbeat')).toHaveLength(5);
  });

  it('is dropped after a minute without a subscription, pings or not', async () => {
    const client = new KrakenClient(exchange).subscribe('trade', 'BTC/USD');
    await clock.advance(120_000);
    client.unsubscribe('trade', 'BTC/USD');
    await clock.advance(59_999);
    client.say({ method: 'ping' });
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed).toBeDefined();
    expect(rules()).toEqual(['subscribe-overdue']);
  });

  it('keeps to the number of messages that it was given', async () => {
    const client = new KrakenClient(exchange);
    for (let count = 0; count <= 20; count++) client.say({ method: 'ping' });
    expect(client.answer).toMatchObject({ success: false, error: 'Exceeded msg rate' });
    expect(rules()).toEqual(['messages-per-second']);
    await clock.advance(1000);
    client.say({ method: 'ping' });
    expect(client.answer).toMatchObject({ method: 'pong' });
  });

  describe('the budget of connects', () => {
    const connect = (address = 'a'): number | undefined =>
      exchange.refuseHandshake({ path: '/v2', query: new URLSearchParams(), address })?.status;

    it('is 150 in ten minutes, then an address is kept out', async () => {
      for (let count = 0; count < 150; count++) expect(connect()).toBeUndefined();
      expect(connect()).toBe(429);
      expect(connect('b')).toBeUndefined();
      await clock.advance(599_999);
      expect(connect()).toBe(429);
      await clock.advance(1);
      expect(connect()).toBeUndefined();
      expect(rules()).toEqual(['connections-per-address']);
    });

    it('is one in five seconds during maintenance', async () => {
      exchange.enter('maintenance');
      connect();
      await clock.advance(5000);
      connect();
      expect(rules()).toEqual([]);
      await clock.advance(4999);
      connect();
      expect(rules()).toEqual(['connections-per-address']);
    });
  });

  it('opens nowhere else', () => {
    const refusal = exchange.refuseHandshake({ path: '/v1', query: new URLSearchParams(), address: 'a' });
    expect(refusal).toEqual({ status: 404 });
  });

  describe('during maintenance', () => {
    it('stays open and silent, and has to ask for everything again', async () => {
      const client = new KrakenClient(exchange).subscribe('trade', 'BTC/USD').subscribe('book', 'BTC/USD');
      exchange.faults.inject({ type: 'pause', forMs: 90_000 });
      expect(client.of('status').at(-1)).toMatchObject({ data: [{ system: 'maintenance' }] });
      const before = client.texts.length;
      await clock.advance(89_000);
      expect(client.texts).toHaveLength(before);
      client.subscribe('ticker', 'BTC/USD');
      expect(client.answer).toMatchObject({ success: false, error: 'EService:Unavailable' });
      client.say({ method: 'ping' });
      expect(client.answer).toMatchObject({ method: 'pong' });
      await clock.advance(1000);
      expect(exchange.faults.active).toEqual([]);
      expect(client.closed).toBeUndefined();
      expect(client.answer).toMatchObject({ channel: 'status', data: [{ system: 'online' }] });
      client.unsubscribe('book', 'BTC/USD');
      expect(client.answer).toMatchObject({ method: 'unsubscribe', success: true });
      client.subscribe('book', 'BTC/USD');
      expect(client.answer).toMatchObject({ channel: 'book', type: 'snapshot' });
    });
  });
});
