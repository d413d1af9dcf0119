import { VirtualClock } from '@exchange-stream/market-data';
import { BitfinexClient } from '../../test/bitfinex-client.ts';
import { BitfinexExchange, type BitfinexOptions } from '../index.ts';

const TICKER = { channel: 'ticker', symbol: 'tBTCUSD' };
const TRADES = { channel: 'trades', symbol: 'tBTCUSD' };
const BOOK = { channel: 'book', symbol: 'tBTCUSD' };

describe('a connection to simulated Bitfinex', () => {
  let clock: VirtualClock;
  let exchange: BitfinexExchange;
  let client: BitfinexClient;

  const open = (options: BitfinexOptions = {}, symbols = ['tBTCUSD', 'tETHUSD', 'fUSD']): void => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = new BitfinexExchange(
      { clock, market: { symbols, depthLevels: 15, stepMs: 250, startTime: clock.now() - 3.6e6 } },
      options,
    );
    exchange.start();
    client = new BitfinexClient(exchange);
  };
  beforeEach(() => open());
  afterEach(() => exchange.stop());

  it('begins with the version and whether the platform is in operation', () => {
    expect(client.events).toEqual([
      {
        event: 'info',
        version: 2,
        serverId: '00000000-0000-4000-8000-000000000001',
        platform: { status: 1 },
      },
    ]);
  });

  it('answers pings with their cid, and has nothing else to say of them', () => {
    client.say({ event: 'ping', cid: 1234 });
    expect(client.answer).toEqual({ event: 'pong', ts: clock.now(), cid: 1234 });
  });

  it('acknowledges with a number, what was asked and what was not said, and sends data right behind', async () => {
    client.subscribe({ ...BOOK, subId: 'x' });
    await clock.advance(50);
    expect(client.events.at(-1)).toEqual({
      event: 'subscribed',
      channel: 'book',
      chanId: 17_082,
      symbol: 'tBTCUSD',
      prec: 'P0',
      freq: 'F0',
      len: '25',
      subId: 'x',
      pair: 'BTCUSD',
    });
    expect(client.texts.at(-1)).toMatch(/^\[17082,\[\[/);
    client.subscribe({ channel: 'ticker', symbol: 'fUSD' });
    expect(client.events.at(-1)).toMatchObject({ symbol: 'fUSD', currency: 'USD' });
    client.subscribe({ channel: 'candles', key: 'trade:1m:fUSD:a30:p2:p30' });
    expect(client.events.at(-1)).toMatchObject({ event: 'subscribed', key: 'trade:1m:fUSD:a30:p2:p30' });
    expect(exchange.violations).toEqual([]);
  });

  it('gives channels numbers that other connections give to others', () => {
    const other = new BitfinexClient(exchange);
    expect(client.subscribe(TICKER)).toBe(other.subscribe({ ...TICKER, symbol: 'tETHUSD' }));
    const [first, again] = [client.subscribe(TRADES), other.subscribe(TICKER)];
    expect(first).toBe(again);
  });

  it.each([
    ['an unknown event', { event: 'sing' }, 10_000, 'event: invalid (sing)'],
    ['no symbol', { event: 'subscribe', channel: 'book' }, 10_020, 'symbol: required'],
    ['flags that are none', { event: 'conf', flags: 'all' }, 10_050, 'conf: invalid'],
    ['an unknown symbol', { event: 'subscribe', ...BOOK, symbol: 'tNOPE:USD' }, 10_300, 'symbol: invalid'],
    ['an unknown precision', { event: 'subscribe', ...BOOK, prec: 'P5' }, 10_300, 'precision: invalid'],
    ['an unknown frequency', { event: 'subscribe', ...BOOK, freq: 'F2' }, 10_300, 'frequency: invalid'],
    ['an unknown length', { event: 'subscribe', ...BOOK, len: '50' }, 10_300, 'length: invalid'],
    [
      'a key of no candles',
      { event: 'subscribe', channel: 'candles', key: 'trade:2m:tBTCUSD' },
      10_300,
      'key: invalid',
    ],
    [
      'candles of lending without days',
      { event: 'subscribe', channel: 'candles', key: 'trade:1m:fUSD' },
      10_300,
      'key: invalid',
    ],
    [
      'an unknown channel',
      { event: 'subscribe', channel: 'gossip', symbol: 'tBTCUSD' },
      10_302,
      'channel: unknown',
    ],
  ])('refuses %s by its code, with all that was asked', (_, request, code, msg) => {
    client.say(request);
    const { event: _event, ...asked } = request as Record<string, unknown>;
    expect(client.answer).toMatchObject({ ...asked, event: 'error', code, msg });
    expect(exchange.violations).toMatchObject([{ rule: 'invalid-request' }]);
  });

  it('says nothing to what is no JSON, and nothing of derivatives that it does not have', async () => {
    client.say('ping');
    client.say('{"event":');
    client.say({ event: 'subscribe', channel: 'status', key: 'deriv:tNOPEF0:USTF0' });
    await clock.advance(10_000);
    expect(client.texts).toHaveLength(1);
    expect(exchange.violations.map(({ rule }) => rule)).toEqual(Array(3).fill('invalid-request'));
  });

  it('refuses what is subscribed, with its number, even before it is acknowledged', async () => {
    exchange.stop();
    open({ bookAckMs: 1_000 });
    client.subscribe(BOOK);
    client.subscribe({ ...BOOK, subId: 2 });
    expect(client.answer).toEqual({
      ...{ ...BOOK, subId: 2, event: 'error', msg: 'subscribe: dup', code: 10_301, chanId: 17_082 },
      pair: 'BTCUSD',
    });
    await clock.advance(1_000);
    expect(client.events.at(-1)).toMatchObject({ event: 'subscribed', chanId: 17_082 });
    // It may well be that the first acknowledgement was lost.
    expect(exchange.violations).toEqual([]);
  });

  it('gives up a channel that is not acknowledged yet', async () => {
    exchange.stop();
    open({ bookAckMs: 1_000 });
    client.subscribe(BOOK);
    client.say({ event: 'unsubscribe', chanId: 17_082 });
    expect(client.answer).toEqual({ event: 'unsubscribed', status: 'OK', chanId: 17_082 });
    const { length } = client.texts;
    await clock.advance(30_000);
    expect(client.texts).toHaveLength(length);
  });

  it('sends what was on its way behind the end of a channel, and nothing more', async () => {
    const chanId = client.subscribe(TRADES);
    await clock.advance(10_000);
    client.say({ event: 'unsubscribe', chanId });
    const end = client.texts.findIndex((text) => text.includes('unsubscribed'));
    expect(client.texts.slice(end + 1).map((text) => text.slice(0, 12))).toEqual([`[${chanId},"tu",`]);
    await clock.advance(50_000);
    expect(client.texts).toHaveLength(end + 2);
    client.say({ event: 'unsubscribe', chanId });
    expect(client.answer).toMatchObject({ event: 'error', code: 10_401, chanId });
    client.say({ event: 'unsubscribe', chanId: 5 });
    expect(client.answer).toMatchObject({ event: 'error', code: 10_400, chanId: 5 });
    expect(client.subscribe(TRADES)).toBeGreaterThan(chanId!);
  });

  it('refuses the 26th channel, and counts it as broken only where more than are documented were asked for', async () => {
    const symbols = ['tBTCUSD', 'tETHUSD', 'tDOGE:USD', 'tBTCF0:USTF0', 'fUSD'];
    const ask = (count: number): void => {
      const requests = symbols.flatMap((symbol) =>
        ['P0', 'P1', 'P2', 'P3', 'P4', 'R0'].map((prec) => ({ channel: 'book', symbol, prec })),
      );
      for (const request of requests.slice(0, count)) client.subscribe(request);
    };
    exchange.stop();
    open({}, symbols);
    ask(25);
    await clock.advance(50);
    expect(exchange.violations).toEqual([]);
    client.subscribe(TICKER);
    expect(client.answer).toMatchObject({ ...TICKER, event: 'error', code: 10_305, msg: 'subscribe: limit' });
    expect(exchange.violations).toMatchObject([{ rule: 'topics-per-connection' }]);
    expect(client.closed).toBeUndefined();
    exchange.stop();
    open({ channelsPerConnection: 3 });
    ask(4);
    expect(client.events.at(-1)).toMatchObject({ code: 10_305 });
    expect(exchange.violations).toEqual([]);
  });

  it('shows that a channel lives when it was silent for 15 seconds', async () => {
    exchange.market.pause();
    client.conf('sequence', 'timestamp');
    const chanId = client.subscribe(TICKER);
    const start = clock.now();
    await clock.advance(46_000);
    expect(client.on(chanId).slice(1)).toEqual([
      ['hb', 2, start + 15_000],
      ['hb', 3, start + 30_000],
      ['hb', 4, start + 45_000],
    ]);
  });

  it('is cut after a minute without a channel and without a word', async () => {
    const [talking, served] = [new BitfinexClient(exchange), new BitfinexClient(exchange)];
    served.subscribe(TICKER);
    await clock.advance(40_000);
    talking.say({ event: 'ping' });
    await clock.advance(19_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed).toEqual({ code: 1006, reason: '' });
    await clock.advance(40_000);
    expect(talking.closed?.code).toBe(1006);
    expect(served.closed).toBeUndefined();
    served.say({ event: 'unsubscribe', chanId: 17_082 });
    await clock.advance(60_000);
    expect(served.closed?.code).toBe(1006);
  });

  it('counts all frames of data on a socket from 1, and replaces all flags by those of the next conf', async () => {
    client.conf('sequence');
    expect(client.answer).toEqual({ event: 'conf', status: 'OK', flags: 65_536 });
    for (const request of [TICKER, TRADES, { ...BOOK, symbol: 'tETHUSD' }]) client.subscribe(request);
    client.conf('sequence', 'checksum');
    await clock.advance(20_000);
    const numbers = client.data.map((frame) => frame.at(-1));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(client.data.some(([, type]) => type === 'cs')).toBe(true);
    const { length } = client.data;
    client.conf('timestamp');
    await clock.advance(5_000);
    const later = client.data.slice(length);
    expect(later.every((frame) => Number(frame.at(-1)) > 1e12)).toBe(true);
    expect(later.every(([, type]) => type !== 'cs')).toBe(true);
    expect(later.find(([, type]) => type === 'te')).toHaveLength(4);
  });

  it.each([
    ['api-pub.bitfinex.com', 20, 60_000],
    ['api.bitfinex.com', 5, 15_000],
  ])('is refused for a minute after too many connects to %s', async (host, most, windowMs) => {
    const connect = (): number | undefined =>
      exchange.refuseHandshake({ path: '/ws/2', query: new URLSearchParams(), address: 'a', host })?.status;
    for (let count = 0; count < most; count++) expect(connect()).toBeUndefined();
    expect(connect()).toBe(429);
    await clock.advance(59_000);
    expect(connect()).toBe(429);
    await clock.advance(Math.max(1_000, windowMs - 59_000));
    expect(connect()).toBeUndefined();
    expect(exchange.violations).toHaveLength(2);
    expect(exchange.violations[0]).toMatchObject({ rule: 'connections-per-address', address: 'a' });
  });

  it('counts both hosts for themselves, and has no other path', () => {
    const status = (host: string, path = '/ws/2'): number | undefined =>
      exchange.refuseHandshake({ path, query: new URLSearchParams(), address: 'a', host })?.status;
    for (let count = 0; count < 6; count++) status('api.bitfinex.com');
    expect(status('api.bitfinex.com')).toBe(429);
    expect(status('127.0.0.1:8080')).toBeUndefined();
    expect(status('api-pub.bitfinex.com', '/ws/1')).toBe(404);
  });

  it('says that it stops before it does', async () => {
    exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 2_000 });
    expect(client.answer).toMatchObject({ event: 'info', code: 20_051 });
    await clock.advance(2_000);
    expect(client.closed?.code).toBe(1001);
  });

  it('is silent during maintenance, takes nothing, and goes on with a hole', async () => {
    client.conf('sequence');
    const chanId = client.subscribe(TRADES);
    await clock.advance(5_000);
    exchange.announceMaintenance({ title: 'work', beginsInMs: 1_000, lastsMs: 60_000 });
    await clock.advance(1_000);
    expect(client.answer).toMatchObject({ event: 'info', code: 20_060 });
    const before = client.data;
    const late = new BitfinexClient(exchange);
    expect(late.answer).toMatchObject({ event: 'info', platform: { status: 0 } });
    late.subscribe(TICKER);
    expect(late.answer).toMatchObject({ event: 'error', code: 11_000 });
    await clock.advance(59_000);
    expect(client.data).toHaveLength(before.length);
    await clock.advance(1_000);
    expect(client.events.at(-1)).toMatchObject({ event: 'info', code: 20_061 });
    expect(late.answer).toMatchObject({ event: 'info', code: 20_061 });
    await clock.advance(10_000);
    const [next] = client.data.slice(before.length);
    expect(next).toEqual([
      chanId,
      expect.stringMatching(/^t[eu]$/),
      expect.anything(),
      Number(before.at(-1)?.at(-1)) + 1,
    ]);
    expect(exchange.violations).toEqual([]);
  });

  it('lets nobody log in, and takes no orders', () => {
    client.say({ event: 'auth', apiKey: 'k', authSig: 's', authPayload: 'AUTH1', authNonce: '1', subId: 7 });
    expect(client.answer).toMatchObject({ event: 'auth', status: 'FAILED', code: 10_100, subId: 7 });
    client.say([0, 'on', null, { symbol: 'tBTCUSD' }]);
    expect(exchange.violations).toMatchObject([{ rule: 'not-logged-in' }]);
  });
});
