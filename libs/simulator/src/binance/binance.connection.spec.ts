import { VirtualClock } from '@exchange-stream/market-data';
import { RecordingClient, rest } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

describe('a connection to simulated Binance', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = createSimulatedExchange('binance', { clock, market: { symbols: ['BTCUSDT'], stepMs: 500 } });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  const connect = (target = '/ws'): RecordingClient => new RecordingClient(exchange, target);
  const rules = (): string[] => exchange.violations.map(({ rule }) => rule);

  describe('control requests', () => {
    it('subscribes, lists and unsubscribes', async () => {
      const client = connect();
      client.say({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'btcusdt@depth'], id: 1 });
      expect(client.answer).toEqual({ result: null, id: 1 });
      client.say({ method: 'UNSUBSCRIBE', params: ['btcusdt@depth'], id: 'b' });
      expect(client.answer).toEqual({ result: null, id: 'b' });
      client.say({ method: 'LIST_SUBSCRIPTIONS', id: null });
      expect(client.answer).toEqual({ result: ['btcusdt@trade'], id: null });
      await clock.advance(5000);
      expect(new Set(client.frames.slice(3).map(({ e }) => e))).toEqual(new Set(['trade']));
    });

    it('acknowledges unknown streams and keeps silent about them', async () => {
      const client = connect('/ws/0');
      client.say({ method: 'SUBSCRIBE', params: ['btcusdt@trades', 'BTCUSDT@trade', 'nousdt@trade'], id: 1 });
      expect(client.answer).toEqual({ result: null, id: 1 });
      await clock.advance(10_000);
      expect(client.texts).toHaveLength(1);
    });

    it('does not double a stream that is subscribed twice', async () => {
      const client = connect('/ws/btcusdt@trade');
      client.say({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 1 });
      await clock.advance(10_000);
      const ids = client.frames.filter(({ e }) => e === 'trade').map(({ t }) => t);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('switches between raw and wrapped frames', async () => {
      const client = connect('/ws/btcusdt@trade');
      client.say({ method: 'SET_PROPERTY', params: ['combined', true], id: 5 });
      expect(client.answer).toEqual({ result: null, id: 5 });
      client.say({ method: 'GET_PROPERTY', params: ['combined'], id: 6 });
      expect(client.answer).toEqual({ result: true, id: 6 });
      await clock.advance(5000);
      expect(client.of('btcusdt@trade').length).toBeGreaterThan(0);
    });

    it('echoes 64-bit ids digit by digit', () => {
      const client = connect();
      client.say('{"method":"LIST_SUBSCRIPTIONS","id":9223372036854775807}');
      expect(client.texts).toEqual(['{"result":[],"id":9223372036854775807}']);
    });

    it.each([
      ['{not json', 3, undefined],
      ['[]', 2, undefined],
      [{ params: [], id: 1 }, 2, 1],
      [{ method: 'PLEASE', id: 1 }, 2, 1],
      [{ method: 'SUBSCRIBE', params: 'btcusdt@trade', id: 1 }, 2, 1],
      [{ method: 'SUBSCRIBE', params: [1], id: 1 }, 2, 1],
      [{ method: 'SUBSCRIBE', params: [], id: 1.5 }, 2, undefined],
      [{ method: 'SUBSCRIBE', params: [], id: 'x'.repeat(37) }, 2, undefined],
      ['{"method":"LIST_SUBSCRIPTIONS","id":9223372036854775808}', 2, undefined],
      [{ method: 'GET_PROPERTY', params: ['speed'], id: 1 }, 0, 1],
      [{ method: 'SET_PROPERTY', params: ['combined', 'yes'], id: 1 }, 1, 1],
      [{ method: 'SET_PROPERTY', params: [true], id: 1 }, 2, 1],
    ])('answers %j with code %i', (message, code, id) => {
      const client = connect();
      client.say(message);
      const answer = client.answer as { id?: unknown };
      expect(answer).toMatchObject({ code, msg: expect.any(String) as string });
      expect(answer.id).toBe(id);
      expect(client.closed).toBeUndefined();
      expect(rules()).toEqual(['invalid-request']);
    });
  });

  describe('life', () => {
    it('is pinged every 20 seconds and lives as long as it answers', async () => {
      const client = connect();
      await clock.advance(600_000);
      expect(client.pings).toHaveLength(30);
      expect(client.closed).toBeUndefined();
      expect(exchange.violations).toEqual([]);
    });

    it('ends when a ping stays unanswered for 60 seconds, unsolicited pongs or not', async () => {
      const client = new RecordingClient(exchange, '/ws', false);
      for (let second = 0; second < 79; second++) {
        await clock.advance(1000);
        client.pong('unsolicited');
      }
      expect(client.closed).toBeUndefined();
      await clock.advance(1000);
      expect(client.closed).toMatchObject({ code: 1008 });
      expect(rules()).toEqual(['pong-timeout']);
    });

    it('ends after 24 hours', async () => {
      // Without a market a virtual day passes faster.
      exchange.stop();
      const client = connect();
      await clock.advance(86_400_000 - 1);
      expect(client.closed).toBeUndefined();
      await clock.advance(1);
      expect(client.closed?.code).toBe(1000);
    });

    it('is refused on an unknown path', () => {
      expect(connect('/websocket').closed?.code).toBe(1008);
      expect(exchange.connections.size).toBe(0);
    });

    it('is shown with its subscriptions and counts until it leaves', () => {
      const client = connect('/stream?streams=btcusdt@trade');
      client.say({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
      const [shown] = exchange.connections;
      expect(shown).toMatchObject({ id: 1, path: '/stream', received: 1, sent: 1 });
      expect([...shown!.subscriptions]).toEqual(['btcusdt@trade']);
      client.leave();
      expect(exchange.connections.size).toBe(0);
    });

    it('receives nothing after it was disconnected', async () => {
      const client = connect('/ws/btcusdt@trade');
      exchange.disconnectAll(1012);
      expect(client.closed?.code).toBe(1012);
      await clock.advance(5000);
      expect(client.texts).toEqual([]);
    });
  });

  describe('limits', () => {
    it('lets five messages pass in a second and cuts the sixth off', async () => {
      const client = connect();
      for (let round = 0; round < 3; round++) {
        for (let id = 1; id <= 4; id++) client.say({ method: 'LIST_SUBSCRIPTIONS', id });
        client.ping();
        await clock.advance(1000);
      }
      expect(exchange.violations).toEqual([]);
      for (let id = 1; id <= 6; id++) client.say({ method: 'LIST_SUBSCRIPTIONS', id });
      expect(client.closed).toEqual({ code: 1008, reason: 'Too many requests' });
      expect(client.texts).toHaveLength(12 + 5);
      expect(rules()).toEqual(['messages-per-second']);
    });

    it('takes 1024 streams and refuses one more', () => {
      const names = Array.from({ length: 1024 }, (_, index) => `s${index}usdt@trade`);
      const client = connect();
      client.say({ method: 'SUBSCRIBE', params: names, id: 1 });
      expect(client.answer).toEqual({ result: null, id: 1 });
      client.say({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 2 });
      expect(client.answer).toMatchObject({ code: 2, id: 2 });
      expect(rules()).toContain('topics-per-connection');
    });

    it('takes 300 connections in five minutes from one address', async () => {
      for (let count = 0; count < 300; count++) expect(connect().closed).toBeUndefined();
      expect(connect().closed?.code).toBe(1008);
      expect(rules()).toEqual(['connections-per-address']);
      expect(new RecordingClient(exchange, '/ws', true, 'elsewhere').closed).toBeUndefined();
      await clock.advance(300_001);
      expect(connect().closed).toBeUndefined();
    });

    it('answers 429 beyond a weight of 6000 in a minute, until the next minute', async () => {
      await clock.advance(15_000);
      const depth = '/api/v3/depth?symbol=BTCUSDT&limit=5000';
      for (let count = 1; count <= 24; count++) {
        const { status, headers } = rest(exchange, depth);
        expect([status, headers['x-mbx-used-weight-1m']]).toEqual([200, String(count * 250)]);
      }
      const refused = rest(exchange, depth);
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('45');
      expect(rules()).toEqual(['request-weight']);
      expect(rest(exchange, depth, 'elsewhere').status).toBe(200);
      await clock.advance(45_000);
      expect(rest(exchange, depth).status).toBe(200);
    });
  });

  it('leaves no timer behind when the exchange stops', async () => {
    connect('/ws/btcusdt@trade');
    await clock.advance(30_000);
    exchange.stop();
    expect(clock.pending).toBe(0);
  });
});
