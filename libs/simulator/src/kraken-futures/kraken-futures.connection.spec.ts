import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenFuturesClient } from '../../test/kraken-futures-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const BOTH = ['PI_XBTUSD', 'PF_XBTUSD'];

describe('a connection to simulated Kraken Futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: KrakenFuturesClient;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('kraken-futures', {
      clock,
      market: { symbols: BOTH, stepMs: 500, depthLevels: 5, startTime: START - 3_600_000 },
    });
    exchange.start();
    client = new KrakenFuturesClient(exchange);
  });
  afterEach(() => exchange.stop());

  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  it('is greeted', () => {
    expect(client.messages).toEqual([{ event: 'info', version: 1 }]);
  });

  it('gets one answer for all products of a request, ahead of their data', () => {
    client.subscribe('book', ...BOTH);
    expect(client.messages.slice(1).map(({ event, feed }) => event ?? feed)).toEqual([
      'subscribed',
      'book_snapshot',
      'book_snapshot',
    ]);
    expect(client.messages[1]).toEqual({ event: 'subscribed', feed: 'book', product_ids: BOTH });
    client.unsubscribe('book', 'PI_XBTUSD');
    expect(client.answer).toEqual({ event: 'unsubscribed', feed: 'book', product_ids: ['PI_XBTUSD'] });
    expect([...exchange.connections][0]!.subscriptions).toEqual(new Set(['book:PF_XBTUSD']));
  });

  it('hears nothing of what it does not want any more', async () => {
    client.subscribe('trade', 'PF_XBTUSD');
    client.unsubscribe('trade', 'PF_XBTUSD');
    const { length } = client.texts;
    await clock.advance(20_000);
    expect(client.texts).toHaveLength(length);
  });

  it('begins anew with what it has already, and is told so', () => {
    client.subscribe('book', 'PI_XBTUSD');
    client.subscribe('book', 'PI_XBTUSD');
    expect(client.messages.slice(3).map(({ event, feed }) => event ?? feed)).toEqual([
      'alert',
      'subscribed',
      'book_snapshot',
    ]);
    expect(rules()).toEqual([]);
  });

  it.each([
    [{ event: 'subscribe', feed: 'book', product_ids: ['PI_XBTUSD', 'PF_NOPEUSD'] }, 'Invalid product id'],
    [{ event: 'subscribe', feed: 'book' }, 'Invalid product id'],
    [{ event: 'subscribe', feed: 'gossip', product_ids: ['PI_XBTUSD'] }, 'Invalid feed'],
    [{ event: 'subscribe', feed: 'fills' }, 'Invalid challenge'],
    [{ event: 'celebrate' }, 'Invalid event'],
    ['{"event":', 'Json Error'],
    ['[]', 'Json Error'],
  ])('refuses %j as a whole', (message, text) => {
    client.say(message);
    expect(client.answer).toEqual({ event: 'error', message: text });
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
    expect(rules()).toEqual(['invalid-request']);
  });

  it('lasts as long as it pings each minute', async () => {
    for (let minute = 0; minute < 3; minute++) {
      await clock.advance(59_000);
      client.ping();
    }
    expect(client.closed).toBeUndefined();
    await clock.advance(60_000);
    expect(client.closed).toMatchObject({ code: 1000 });
    expect(rules()).toEqual(['ping-overdue']);
  });

  it('may ask a hundred times a second', () => {
    for (let request = 0; request < 100; request++) client.subscribe('heartbeat');
    expect(rules()).toEqual([]);
    client.subscribe('heartbeat');
    expect(rules()).toEqual(['messages-per-second', 'invalid-request']);
  });

  it('is one of a hundred at once', () => {
    const refused = (): number | undefined =>
      exchange.refuseHandshake({ path: '/ws/v1', query: new URLSearchParams(), address: 'client' })?.status;
    for (let other = 1; other < 100; other++) {
      expect(refused()).toBeUndefined();
      new KrakenFuturesClient(exchange);
    }
    expect(refused()).toBe(429);
    expect(rules()).toEqual(['connections-per-address']);
    client.leave();
    expect(refused()).toBeUndefined();
  });

  it('is found at its path alone', () => {
    const query = new URLSearchParams();
    expect(exchange.refuseHandshake({ path: '/ws/v2', query, address: 'client' })).toEqual({ status: 404 });
  });
});
