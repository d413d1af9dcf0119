import { VirtualClock } from '@exchange-stream/market-data';
import type {
  EndpointHandle,
  FrameMatch,
  MessageConnection,
  RequestReport,
} from '@exchange-stream/nestjs/engine';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { lab, type LabOptions } from './adapter/lab.adapter.ts';
import { BOOK } from './lab-world.ts';
import { LabExchange } from './twin/index.ts';

const ORDER = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };

/** Lab with an account: connections to place orders on, and to hear what becomes of them. */
class TradingWorld extends ExchangeWorld<LabExchange> {
  readonly trading: EndpointHandle;
  readonly reports: RequestReport[];

  constructor(ids: NonNullable<LabOptions['ids']> = 'integer') {
    const clock = new VirtualClock();
    const reports: RequestReport[] = [];
    super({
      clock,
      seed: 1,
      exchange: new LabExchange({
        clock,
        seed: 1,
        symbols: ['BTC-USDT'],
        depthLevels: 5,
        ids: ids === 'integer' ? ids : 'text',
      }),
      options: {
        exchanges: [lab({ ids })],
        settings: { lab: { credentials: { key: 'lab-key', secret: 'lab-secret' } } },
        subscriptions: [{ exchange: 'lab', channel: 'raw', symbol: 'orders' }],
        requestReporter: (report) => reports.push(report),
      },
      book: BOOK,
    });
    this.reports = reports;
    this.trading = this.stream.manager('lab').hold('trading');
  }

  /** Sends a request with an id of its own. */
  ask(
    request: object,
    { on = this.trading, and = [] }: { on?: MessageConnection; and?: readonly FrameMatch[] } = {},
  ): ReturnType<typeof on.expect> {
    const id = on.nextId();
    return this.settled(on.send(JSON.stringify({ ...request, id }), { match: [{ key: id }, ...and] }));
  }

  async settled<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    await this.clock.advance(1_000);
    return promise;
  }
}

const parsed = (text: string): unknown => JSON.parse(text);

describe('messages on lab', () => {
  test.each(['integer', 'text', 'uuid-v7'] as const)(
    'orders are placed and refused under ids of the kind %s',
    async (ids) => {
      const world = new TradingWorld(ids);
      await world.clock.advance(5_000);
      expect(world.trading.view()).toMatchObject({ id: 'lab/trading/1', state: 'open', topics: 0 });
      const [placed] = await world.ask(ORDER);
      expect(parsed(placed?.frame ?? '')).toMatchObject({ result: { orderId: 'p1' } });
      await expect(world.ask({ op: 'order.cancel', orderId: 'p9' })).rejects.toMatchObject({
        code: 'REQUEST_REFUSED',
        refusal: { code: '8', message: 'there is no such order' },
        wasSent: true,
      });
      const ofTrading = world.reports.filter(({ connection }) => connection === 'lab/trading/1');
      // Five milliseconds there, and five back.
      expect(ofTrading).toMatchObject([
        { purpose: 'login', ending: 'answered', wireMs: 10 },
        { purpose: 'other', ending: 'answered', wireMs: 10 },
        { purpose: 'other', ending: 'refused', wireMs: 10 },
      ]);
      world.expectPromises();
      await world.close();
    },
  );

  test('a connection for orders on which nothing is said for long is not taken for a dead one', async () => {
    const world = new TradingWorld();
    await world.clock.advance(15 * 60_000);
    expect(world.trading.view()).toMatchObject({ state: 'open', reconnects: 0 });
    expect(await world.ask(ORDER)).toHaveLength(1);
    world.expectPromises();
    await world.close();
  });

  test('an order has its answer on one connection and its event on another', async () => {
    const world = new TradingWorld();
    await world.clock.advance(5_000);
    const event: FrameMatch = {
      on: 'lab/private',
      when: (frame) => frame.includes('"orders"') && frame.includes('"orderId":"p1"'),
    };
    const replies = await world.ask(ORDER, { and: [event] });
    expect(replies.map(({ match }) => match).sort()).toEqual([0, 1]);
    expect(replies.find(({ match }) => match === 1)?.frame).toContain('"orderId":"p1"');
    world.expectPromises();
    await world.close();
  });

  test('an order whose connection dies may have been placed, and says so', async () => {
    const world = new TradingWorld();
    await world.clock.advance(5_000);
    const order = world.ask(ORDER);
    world.exchange.disconnectAll(1006);
    await expect(order).rejects.toMatchObject({ code: 'REQUEST_LOST', wasSent: true });
    await world.clock.advance(30_000);
    expect(await world.ask(ORDER)).toHaveLength(1);
    world.expectPromises();
    await world.close();
  });

  test('a held connection whose login is refused for good closes, and nobody tries in a loop', async () => {
    const world = new TradingWorld();
    const fault = world.exchange.faults.inject({ type: 'refuse-logins' });
    await world.clock.advance(60_000);
    expect(world.trading.view()).toBeUndefined();
    expect(fault.hits).toBeLessThanOrEqual(2);
    await expect(world.ask(ORDER)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    fault.clear();
    // The same key, which is good again.
    world.stream.manager('lab').setCredentials({ key: 'lab-key', secret: 'lab-secret' });
    await world.clock.advance(5_000);
    expect(await world.ask(ORDER)).toHaveLength(1);
    await world.close();
  });

  test('flags are confirmed, and hold again on every new socket before its topics are asked for', async () => {
    const world = new TradingWorld();
    const data: string[] = [];
    world.stream
      .subscribe({ exchange: 'lab', channel: 'raw', symbol: 'ticker:BTC-USDT' })
      .on((event) => void (event.type === 'raw' && data.push(event.json)));
    const market = world.stream.manager('lab').hold('public');
    await world.clock.advance(5_000);
    expect(data.at(-1)).not.toContain('"number"');
    const flags = (nextId: () => number | string): { frame: string; match: { key: number | string } } => {
      const id = nextId();
      return { frame: JSON.stringify({ op: 'flags', id, flags: 1 }), match: { key: id } };
    };
    await world.settled(market.configure('flags', flags));
    await world.clock.advance(2_000);
    expect(data.at(-1)).toContain('"number"');
    data.length = 0;
    world.exchange.disconnectAll(1006);
    await world.recover(60_000);
    expect(data.length).toBeGreaterThan(5);
    expect(data.filter((frame) => !frame.includes('"number"'))).toEqual([]);
    expect(world.reports.filter(({ purpose }) => purpose === 'flags')).toMatchObject([
      { ending: 'answered' },
      { ending: 'answered' },
    ]);
    await expect(
      world.settled(
        market.configure('flags', (nextId) => {
          const id = nextId();
          return { frame: JSON.stringify({ op: 'flags', id, flags: 7 }), match: { key: id } };
        }),
      ),
    ).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    world.expectPromises(['invalid-request']);
    await world.close();
  });
});
