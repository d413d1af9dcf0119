import { VirtualClock, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { SubscriptionView } from '@exchange-stream/nestjs/engine';
import { ExchangeWorld, type Network } from '../world/exchange-world.ts';
import { lab } from './adapter/lab.adapter.ts';
import { BOOK, type SpokenDialects } from './lab-world.ts';
import { LabExchange } from './twin/index.ts';

const TRADES: SubscriptionRequest = { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' };
const TICKER: SubscriptionRequest = { ...TRADES, channel: 'ticker' };
/** Listed over REST, and unknown to the sockets, as an instrument is on its first or last day. */
const GONE: SubscriptionRequest = { ...TICKER, symbol: 'GONE/USDT' };

const WIRE = { book: 'book:BTC-USDT', trades: 'trades:BTC-USDT', ticker: 'ticker:BTC-USDT' };
const GONE_TOPIC = 'ticker:GONE-USDT';

/** Lab, whose REST interface lists one instrument more than its sockets know. */
class AckWorld extends ExchangeWorld<LabExchange> {
  /** Topics of every request to subscribe, in order. */
  readonly asked: string[][] = [];

  constructor(dialects: SpokenDialects, subscriptions: readonly SubscriptionRequest[]) {
    const clock = new VirtualClock();
    const asked: string[][] = [];
    const { acks } = dialects;
    super({
      clock,
      seed: 1,
      exchange: new LabExchange({ clock, seed: 1, symbols: ['BTC-USDT'], depthLevels: 5, ...dialects }),
      options: {
        exchanges: [lab({ ...(acks && { acks }) })],
        subscriptions,
        transportLog: (entry) => {
          if (entry.event !== 'sent' || !entry.beginning.startsWith('{')) return;
          const { op, topics } = JSON.parse(entry.beginning) as { op: string; topics?: string[] };
          if (op === 'subscribe') asked.push(topics ?? []);
        },
      },
      book: BOOK,
      around: listingOneMore,
    });
    this.asked = asked;
  }

  requestsFor(topic: string): string[][] {
    return this.asked.filter((topics) => topics.includes(topic));
  }

  viewOf({ channel, symbol }: SubscriptionRequest): SubscriptionView {
    const found = this.stream
      .subscriptions()
      .find((view) => view.channel === channel && view.symbol === symbol);
    if (!found) throw new Error(`Nobody subscribed ${channel} ${symbol}.`);
    return found;
  }

  /** The first acks of a topic get lost on their way. */
  losesAcksOf(topic: string, count: number): void {
    let left = count;
    this.loses = (frame) => {
      const { ack, topic: of } = JSON.parse(frame.toString()) as { ack?: number; topic?: string };
      return ack !== undefined && of === topic && left-- > 0;
    };
  }
}

function listingOneMore({ sockets, http }: Network): Network {
  return {
    sockets,
    http: {
      request: async (request) => {
        const answer = await http.request(request);
        if (!request.url.includes('instruments')) return answer;
        const body = JSON.parse(answer.body) as { instruments: Record<string, string>[] };
        const more = { ...body.instruments[0], symbol: 'GONE-USDT', base: 'GONE' };
        return { ...answer, body: JSON.stringify({ instruments: [...body.instruments, more] }) };
      },
    },
  };
}

describe.each(['topic', 'channel'] as const)('acks of lab for each %s', (acks) => {
  let world: AckWorld;
  const open = (dialects: SpokenDialects, ...subscriptions: SubscriptionRequest[]): void => {
    world = new AckWorld({ acks, ...dialects }, subscriptions);
  };

  afterEach(async () => {
    world.expectPromises();
    await world.close();
  });

  test('refuse one topic and leave the others of its request subscribed', async () => {
    open({}, TRADES, GONE, TICKER);
    await world.clock.advance(5_000);
    expect(world.asked).toEqual([[WIRE.trades, GONE_TOPIC, WIRE.ticker, WIRE.book]]);
    expect(world.viewOf(GONE)).toMatchObject({ state: 'failed', failure: 'rejected' });
    for (const request of [TRADES, TICKER, BOOK])
      expect(world.viewOf(request)).toMatchObject({ state: 'subscribed', data: 'live' });
    // It was refused for good: nobody asks again.
    await world.clock.advance(10 * 60_000);
    expect(world.requestsFor(GONE_TOPIC)).toHaveLength(1);
  });

  test('that are missing are asked for again, each alone', async () => {
    open({}, TRADES, TICKER);
    world.losesAcksOf(WIRE.ticker, 2);
    await world.clock.advance(15_000);
    expect(world.viewOf(TICKER)).toMatchObject({ state: 'subscribing', attempts: 2 });
    expect(world.viewOf(TRADES)).toMatchObject({ state: 'subscribed', data: 'live' });
    await world.clock.advance(10_000);
    expect(world.viewOf(TICKER)).toMatchObject({ state: 'subscribed', data: 'live', attempts: 0 });
    expect(world.asked).toEqual([[WIRE.trades, WIRE.ticker, WIRE.book], [WIRE.ticker], [WIRE.ticker]]);
  });

  test('that stay away are asked for three times, and again much later', async () => {
    open({}, TRADES, TICKER);
    world.losesAcksOf(WIRE.ticker, 3);
    await world.clock.advance(35_000);
    expect(world.viewOf(TICKER)).toMatchObject({ state: 'failed', failure: 'ack-timeout' });
    expect(world.requestsFor(WIRE.ticker)).toHaveLength(3);
    expect(world.requestsFor(WIRE.trades)).toHaveLength(1);
    await world.clock.advance(3 * 60_000);
    expect(world.viewOf(TICKER)).toMatchObject({ state: 'subscribed', data: 'live' });
    expect(world.requestsFor(WIRE.ticker)).toHaveLength(4);
  });

  test('that refuse for now lead to another request', async () => {
    open({}, TRADES, TICKER);
    world.exchange.faults.inject({ type: 'refuse-subscriptions', count: 1, temporary: true });
    await world.clock.advance(5_000);
    expect(world.asked).toEqual([
      [WIRE.trades, WIRE.ticker, WIRE.book],
      [WIRE.trades, WIRE.ticker, WIRE.book],
    ]);
    for (const request of [TRADES, TICKER, BOOK])
      expect(world.viewOf(request)).toMatchObject({ state: 'subscribed', data: 'live' });
  });

  test('that were given to an unknown topic are found out by the silence after them', async () => {
    open({ unknownTopics: 'silent' }, TRADES, GONE, TICKER);
    await world.clock.advance(2_000);
    expect(world.viewOf(GONE)).toMatchObject({ state: 'subscribed', data: 'syncing' });
    await world.clock.advance(8_000);
    expect(world.viewOf(GONE)).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
    await world.clock.advance(10 * 60_000);
    expect(world.viewOf(GONE)).toMatchObject({
      data: 'stale',
      reason: expect.stringMatching(/no data within 5 s; asking again did not help/) as string,
      counters: { resubscribes: 3, delivered: 0 },
    });
    expect(world.requestsFor(GONE_TOPIC)).toHaveLength(4);
    for (const request of [TRADES, TICKER, BOOK])
      expect(world.viewOf(request)).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });
});
