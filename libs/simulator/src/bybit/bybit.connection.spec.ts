import { VirtualClock } from '@exchange-stream/market-data';
import { BybitClient } from '../../test/bybit-client.ts';
import { BybitExchange } from './bybit.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const OPTION = 'BTC-25DEC26-100000-C-USDT';
const CONN_ID = expect.stringMatching(/^d8simulated/) as string;

describe('a connection to simulated Bybit', () => {
  let clock: VirtualClock;
  let exchange: BybitExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    const symbols = ['spot:BTCUSDT', 'linear:BTCUSDT', `option:${OPTION}`];
    exchange = new BybitExchange({
      clock,
      market: { symbols, startTime: START, depthLevels: 10, activity: 0.2 },
    });
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const connect = (path: string, address?: string): BybitClient =>
    new BybitClient(exchange, `/v5/public/${path}`, true, address);

  it.each([
    ['spot', { success: true, ret_msg: 'subscribe', conn_id: CONN_ID, op: 'subscribe' }],
    ['linear', { success: true, ret_msg: '', conn_id: CONN_ID, req_id: '', op: 'subscribe' }],
  ])('acknowledges on %s, without an id that nobody gave', (path, ack) => {
    const client = connect(path);
    client.say({ op: 'subscribe', args: ['publicTrade.BTCUSDT'] });
    expect(client.answer).toEqual(ack);
  });

  it.each(['spot', 'linear'])('echoes the id of a request on %s, whatever its type', (path) => {
    const client = connect(path);
    client.say({ op: 'subscribe', args: ['publicTrade.BTCUSDT'], req_id: 7, callerMethodName: 'watch' });
    expect(client.answer).toMatchObject({ success: true, req_id: 7 });
    client.say({ op: 'unsubscribe', args: ['publicTrade.BTCUSDT'], req_id: '8' });
    expect(client.answer).toMatchObject({ success: true, req_id: '8', op: 'unsubscribe' });
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
  });

  it('lists topics, and no request, in the answers of options: only there some may fail', () => {
    const client = connect('option').subscribe(`tickers.${OPTION}`, 'tickers.BTC-1JAN20-1-C', 'kline.1.BTC');
    expect(client.answers).toEqual([
      {
        success: true,
        conn_id: CONN_ID,
        data: { failTopics: ['tickers.BTC-1JAN20-1-C', 'kline.1.BTC'], successTopics: [`tickers.${OPTION}`] },
        type: 'COMMAND_RESP',
      },
    ]);
    expect([...exchange.connections][0]!.subscriptions).toEqual(new Set([`tickers.${OPTION}`]));
  });

  it.each([
    ['spot', 'publicTrade.NOPE', 'Invalid topic: publicTrade.NOPE'],
    ['spot', 'allLiquidation.BTCUSDT', 'error:handler not found,topic:allLiquidation.BTCUSDT'],
    ['spot', 'orderbook.500.BTCUSDT', 'error:handler not found,topic:orderbook.500.BTCUSDT'],
    ['linear', 'kline.7.BTCUSDT', 'error:handler not found,topic:kline.7.BTCUSDT'],
    ['linear', 'orderbook.BTCUSDT', 'error:handler not found,topic:orderbook.BTCUSDT'],
    ['linear', 'tickers.BTCUSD', 'Invalid topic: tickers.BTCUSD'],
    ['misc/status', 'tickers.BTCUSDT', 'error:handler not found,topic:tickers.BTCUSDT'],
  ])('fails the whole request on %s for %s', async (path, bad, message) => {
    const client = connect(path).subscribe('publicTrade.BTCUSDT', bad);
    const [answer] = client.answers;
    if (path === 'misc/status') return expect(answer).toMatchObject({ success: false });
    expect(answer).toMatchObject({ success: false, ret_msg: message, op: 'subscribe', conn_id: CONN_ID });
    await clock.advance(5000);
    expect(client.frames).toHaveLength(1);
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
    expect(exchange.violations).toMatchObject([{ rule: 'invalid-request' }]);
  });

  it('greets who asks twice once more, and streams once', async () => {
    const client = connect('linear').subscribe('orderbook.200.BTCUSDT');
    const other = connect('linear').subscribe('orderbook.200.BTCUSDT');
    await clock.advance(1000);
    const before = client.book('orderbook.200.BTCUSDT').length;
    client.subscribe('orderbook.200.BTCUSDT');
    expect(client.book('orderbook.200.BTCUSDT')[before]).toMatchObject({ type: 'snapshot' });
    await clock.advance(2000);
    expect(client.book('orderbook.200.BTCUSDT')).toHaveLength(other.book('orderbook.200.BTCUSDT').length + 1);
  });

  it('sends books after the acknowledgement and tickers of contracts before it', () => {
    const client = connect('linear').subscribe('orderbook.50.BTCUSDT', 'tickers.BTCUSDT');
    expect(client.frames.map(({ topic, op }) => topic ?? op)).toEqual([
      'tickers.BTCUSDT',
      'subscribe',
      'orderbook.50.BTCUSDT',
    ]);
  });

  it.each([
    ['spot', { success: true, ret_msg: 'pong', conn_id: CONN_ID, req_id: 'x', op: 'ping' }],
    ['linear', { success: true, ret_msg: 'pong', conn_id: CONN_ID, req_id: 'x', op: 'ping' }],
    ['inverse', { success: true, ret_msg: 'pong', conn_id: CONN_ID, req_id: 'x', op: 'ping' }],
    ['option', { op: 'pong', args: [String(START)] }],
    ['spread', { op: 'pong', args: [String(START)] }],
  ])('answers pings on %s in its own form', (path, pong) => {
    const client = connect(path);
    client.say({ op: 'ping', req_id: 'x' });
    expect(client.answer).toEqual(pong);
  });

  it('closes who says nothing for ten minutes, however much it is told', async () => {
    const silent = connect('spot').subscribe('publicTrade.BTCUSDT');
    const talking = connect('spot').subscribe('publicTrade.BTCUSDT');
    exchange.market.pause();
    await clock.advance(590_000);
    talking.say({ op: 'ping' });
    expect(silent.closed).toBeUndefined();
    await clock.advance(10_000);
    expect(silent.closed).toBeDefined();
    expect(talking.closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'ping-overdue', connectionId: 1 }]);
  });

  it('takes ten topics in one request of spot', () => {
    const client = connect('spot');
    const topics = ['1', '3', '5', '15', '30', '60', '120', '240', '360', '720', 'D'].map(
      (interval) => `kline.${interval}.BTCUSDT`,
    );
    expect(client.subscribe(...topics).answers[0]).toMatchObject({ success: false, req_id: 'r' });
    expect(exchange.violations).toMatchObject([{ rule: 'topics-per-message' }]);
    expect(client.subscribe(...topics.slice(1)).answers[1]).toMatchObject({ success: true });
    const linear = connect('linear').subscribe(...topics);
    expect(linear.answers[0]).toMatchObject({ success: true });
  });

  it('counts the characters of all topics of a connection', () => {
    const client = connect('linear').subscribe('tickers.BTCUSDT');
    client.subscribe(`insurance.${'X'.repeat(20_980)}`);
    expect(client.answers[1]).toMatchObject({ success: false });
    expect(exchange.violations).toMatchObject([{ rule: 'topics-per-connection' }]);
    client.subscribe(`insurance.${'X'.repeat(20_900)}`);
    expect(client.answers[2]).toMatchObject({ success: true });
  });

  it('takes 2000 topics on one connection of options', () => {
    const client = connect('option');
    client.subscribe(...Array.from({ length: 2001 }, (_, index) => `tickers.${index}`));
    expect(client.answers[0]).toMatchObject({ success: false });
    expect(exchange.violations).toMatchObject([{ rule: 'topics-per-connection' }]);
  });

  it('lets one address connect 500 times in five minutes', async () => {
    for (let index = 0; index < 500; index++) connect('spot', 'a');
    expect(connect('linear', 'a').closed?.code).toBe(1008);
    expect(connect('spot', 'b').closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'connections-per-address', address: 'a' }]);
    exchange.market.pause();
    await clock.advance(300_000);
    expect(connect('linear', 'a').closed).toBeUndefined();
  });

  it('lets one address have 1000 connections of a category', async () => {
    exchange.market.pause();
    const clients: BybitClient[] = [];
    for (let window = 0; window < 2; window++) {
      for (let index = 0; index < 500; index++) clients.push(connect('spot'));
      await clock.advance(300_000);
      for (const client of clients) client.ping();
    }
    expect(connect('spot').closed?.code).toBe(1008);
    expect(connect('linear').closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'connections-per-address' }]);
  });

  it('has no socket on other paths', () => {
    const query = new URLSearchParams();
    const refusal = (path: string): unknown => exchange.refuseHandshake({ path, query, address: 'a' });
    expect(refusal('/v5/private')).toEqual({ status: 404 });
    expect(refusal('/v5/public/linear')).toBeUndefined();
    expect(connect('nothing').closed?.code).toBe(1008);
  });

  it.each([
    '{',
    '[]',
    '"ping"',
    '{}',
    '{"op":"dance"}',
    '{"op":"subscribe"}',
    '{"op":"subscribe","args":[1]}',
  ])('refuses %s', (text) => {
    const client = connect('spot');
    client.say(text);
    expect(client.answer).toMatchObject({ success: false });
    expect(client.closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'invalid-request' }]);
  });

  it('announces maintenance on the status socket', async () => {
    const client = connect('misc/status').subscribe('system.status');
    expect(client.answer).toMatchObject({ success: true });
    exchange.announceMaintenance({ title: 't06', beginsInMs: 60_000, lastsMs: 30_000 });
    await clock.advance(90_000);
    const row = { title: 't06', begin: String(START + 60_000), end: String(START + 90_000) };
    expect(client.topic('system.status').map(({ data }) => data)).toMatchObject([
      [{ ...row, state: 'scheduled' }],
      [{ ...row, state: 'ongoing' }],
      [{ ...row, state: 'completed' }],
    ]);
  });

  it('says nothing during a maintenance, and closes at its end', async () => {
    const status = connect('misc/status').subscribe('system.status');
    const client = connect('linear').subscribe('orderbook.50.BTCUSDT');
    await clock.advance(500);
    exchange.faults.inject({ type: 'pause', forMs: 5000 });
    const before = client.frames.length;
    client.say({ op: 'ping' });
    await clock.advance(4000);
    expect(client.frames).toHaveLength(before);
    await clock.advance(2000);
    expect(client.closed?.code).toBe(1001);
    expect(status.topic('system.status').map(({ data }) => (data as { state: string }[])[0]!.state)).toEqual([
      'ongoing',
      'completed',
    ]);
  });

  it('goes down with a word on the status socket only', async () => {
    const status = connect('misc/status');
    const client = connect('spot');
    exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 3000 });
    expect(status.frames).toHaveLength(1);
    expect(client.frames).toEqual([]);
    await clock.advance(3000);
    expect(client.closed?.code).toBe(1001);
  });

  it.each([
    ['spot', { success: false, op: 'subscribe' }],
    ['option', { success: false, type: 'COMMAND_RESP' }],
  ])('refuses, misdirects and loses acknowledgements on %s', (path, refusal) => {
    const topic = path === 'spot' ? 'publicTrade.BTCUSDT' : 'publicTrade.BTC';
    const client = connect(path);
    exchange.faults.inject({ type: 'refuse-subscriptions', count: 1 });
    expect(client.subscribe(topic).answer).toMatchObject(refusal);
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
    exchange.faults.inject({ type: 'misdirect-ack', count: 1 });
    client.subscribe(topic);
    expect(client.texts.at(-1)).toMatch(/nobody-asked|NOBODYASKED/);
    exchange.faults.inject({ type: 'lose-ack', count: 1 });
    const before = client.frames.length;
    client.unsubscribe(topic);
    expect(client.frames).toHaveLength(before);
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
  });
});
