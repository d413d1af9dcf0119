import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import { subscriptionKey } from '@exchange-stream/market-data';
import type { ExchangeStream } from '@exchange-stream/nestjs';
import type {
  LifecycleListener,
  SubscriptionFailure,
  SubscriptionHandle,
} from '@exchange-stream/nestjs/engine';
import { GatewayIdentity } from '../gateway-identity.ts';
import { FeedClient, type FeedLimits } from './feed-client.ts';
import type { FeedErrorBody } from './feed-error.ts';
import { FeedHub } from './feed-hub.ts';
import type { FeedLine } from './feed-line.ts';
import type { FeedMessage } from './feed-message.ts';
import { FeedStatistics } from './feed-statistics.ts';

const BOOK: SubscriptionRequest = { exchange: 'lab', channel: 'book', symbol: 'BTC/USDT' };
const QUOTES: SubscriptionRequest = { ...BOOK, channel: 'quotes' };
const origin = {
  exchange: 'lab',
  symbol: 'BTC/USDT',
  nativeSymbol: 'BTCUSDT',
  receivedAt: 5,
  exchangeTime: 4,
};

function status(state: 'live' | 'gap' | 'stale'): MarketEvent {
  return { ...origin, type: 'status', channel: 'book', subscription: '', state, reason: `is ${state}` };
}

function whole(sequence: number, levels = 1): MarketEvent {
  const bids = Array.from({ length: levels }, (_, index): [string, string] => [String(100 - index), '1']);
  return { ...origin, type: 'book-snapshot', sequence, bids, asks: [] };
}

function update(sequence: number): MarketEvent {
  return { ...origin, type: 'book-update', sequence, bids: [['100', String(sequence)]], asks: [] };
}

function quote(bid: string): MarketEvent {
  return { ...origin, type: 'quote', bid, bidAmount: '1', ask: '2', askAmount: '1' };
}

/** A subscription of the engine that a test plays by hand. */
class PlayedSubscription {
  listener: ((event: MarketEvent) => void) | undefined;
  last: MarketEvent | undefined;
  released = false;
  failure: SubscriptionFailure | undefined;

  constructor(readonly request: SubscriptionRequest) {}

  play(...events: MarketEvent[]): void {
    for (const event of events) {
      if (event.type === 'book-snapshot' || event.type === 'quote') this.last = event;
      this.listener?.(event);
    }
  }

  handle(): SubscriptionHandle {
    const handle: Partial<SubscriptionHandle> = {
      key: subscriptionKey(this.request),
      request: this.request,
      view: () =>
        ({ data: 'syncing', dataSince: 1, reason: 'is new', failure: this.failure }) as ReturnType<
          SubscriptionHandle['view']
        >,
      latest: () => this.last as ReturnType<SubscriptionHandle['latest']>,
      on: (listener) => {
        this.listener = listener;
        return () => (this.listener = undefined);
      },
      unsubscribe: () => {
        this.released = true;
        return Promise.resolve();
      },
    };
    return handle as SubscriptionHandle;
  }
}

class PlayedLine implements FeedLine {
  readonly id = 'line';
  writable = true;
  backlog = 0;
  closed = false;
  readonly messages: FeedMessage[] = [];
  readonly errors: FeedErrorBody[] = [];
  batches = 0;
  private listener: () => void = () => undefined;

  sendData(messages: readonly string[]): void {
    this.batches++;
    this.messages.push(...messages.map((text) => JSON.parse(text) as FeedMessage));
  }

  sendError(error: FeedErrorBody): void {
    this.errors.push(error);
  }

  onWritable(listener: () => void): void {
    this.listener = listener;
  }

  close(): void {
    this.closed = true;
  }

  thaw(): void {
    this.writable = true;
    this.listener();
  }

  /** Kind, sequence and previous of each message, as `upd 3<2`. */
  get told(): string[] {
    return this.messages.map((m) => (m.t === 'synced' ? `synced ${m.s}` : `${m.t} ${m.s}<${m.p}`));
  }
}

describe('a client of the feed', () => {
  const played = new Map<string, PlayedSubscription>();
  const lifecycle: LifecycleListener[] = [];
  const statistics = new FeedStatistics();
  let hub: FeedHub;
  let line: PlayedLine;
  let client: FeedClient;
  let tasks: (() => void)[] = [];
  const limits: FeedLimits = { subscriptions: 2, pending: { bytes: 20_000, messages: 50 } };
  const turn = (): void => tasks.splice(0).forEach((task) => task());
  const newClient = (on: PlayedLine): FeedClient =>
    new FeedClient(on, hub, limits, statistics, (task) => void tasks.push(task));

  beforeEach(() => {
    played.clear();
    lifecycle.length = 0;
    tasks = [];
    Object.assign(statistics, new FeedStatistics());
    const stream: Partial<ExchangeStream> = {
      platform: { clock: new VirtualClock() } as Partial<
        ExchangeStream['platform']
      > as ExchangeStream['platform'],
      canonical: (request) => request as never,
      subscribe: (request) => {
        const subscription = new PlayedSubscription(request as never);
        played.set(request.channel, subscription);
        return subscription.handle() as never;
      },
      onLifecycle: (listener) => {
        lifecycle.push(listener);
        return () => undefined;
      },
    };
    hub = new FeedHub(stream as ExchangeStream, new GatewayIdentity());
    line = new PlayedLine();
    client = newClient(line);
  });

  const subscribed = (request = BOOK): PlayedSubscription => {
    client.subscribe({ channels: [request] });
    turn();
    return played.get(request.channel)!;
  };

  it('is told of a book that is not there yet when it comes, and then that it is synced', () => {
    const book = subscribed();
    expect(line.told).toEqual(['status 0<0']);
    book.play(status('live'), whole(10), update(11));
    turn();
    expect(line.told.slice(1)).toEqual(['status 1<0', 'snap 2<1', 'synced 2', 'upd 3<2']);
  });

  it('receives what came together in one batch', () => {
    const book = subscribed();
    const { batches } = line;
    book.play(whole(1), update(2), update(3));
    turn();
    expect(line.batches).toBe(batches + 1);
  });

  it('joins in the middle with the state as of the last number', () => {
    const book = subscribed();
    book.play(status('live'), whole(10), update(11));
    const second = new PlayedLine();
    newClient(second).subscribe({ channels: [BOOK] });
    turn();
    expect(second.told).toEqual(['status 3<3', 'snap 3<3', 'synced 3']);
    book.play(update(12));
    turn();
    expect(second.told.at(-1)).toBe('upd 4<3');
    expect(line.told.at(-1)).toBe('upd 4<3');
  });

  it.each(['gap', 'stale'] as const)(
    'is never sent an update between %s and the next whole book',
    (state) => {
      const book = subscribed();
      book.play(status('live'), whole(10), status(state), update(11), update(12), whole(20), update(21));
      turn();
      const kinds = line.messages.map(({ t }) => t);
      expect(kinds.slice(-4)).toEqual(['synced', 'status', 'snap', 'upd']);
    },
  );

  it('skips to a later book when it has no room for the present one, and the chain holds', () => {
    const book = subscribed();
    book.play(whole(1, 1_000));
    line.writable = false;
    book.play(whole(2, 1_000), update(3), whole(4, 1_000), update(5));
    turn();
    line.thaw();
    turn();
    book.play(update(6));
    turn();
    expect(line.errors).toEqual([]);
    expect(client.outbox.bytes).toBe(0);
    let last = 0;
    for (const message of line.messages) {
      if (message.t === 'synced') continue;
      expect(message.p).toBe(last);
      last = message.s;
    }
    expect(last).toBe(6);
    expect(line.messages.filter(({ t }) => t === 'snap')).toHaveLength(2);
  });

  it('is cut off with 4408 when more waits than it may, and holds nothing afterwards', () => {
    const quotes = subscribed(QUOTES);
    line.writable = false;
    for (let index = 0; index <= 50; index++) quotes.play(quote('1'));
    expect(line.errors).toMatchObject([{ code: 4408, temporary: true, retry: 'backoff' }]);
    expect(line.closed).toBe(true);
    expect(client.outbox.length).toBe(0);
    expect(quotes.released).toBe(true);
    expect(statistics).toMatchObject({ slowClients: 1, dropped: 51 });
    expect(() => client.subscribe({ channels: [BOOK] })).toThrow('closed');
  });

  it('is cut off by bytes as well', () => {
    const quotes = subscribed(QUOTES);
    line.writable = false;
    for (let index = 0; index < 10; index++) quotes.play(quote('1'.repeat(2_100)));
    expect(line.errors).toMatchObject([{ code: 4408 }]);
  });

  it('is cut off when it asks and asks and reads no answer', () => {
    line.backlog = 20_001;
    expect(() => client.list(undefined)).toThrow('does not read');
    expect(line.closed).toBe(true);
  });

  it('and so when what it asks for does not exist', () => {
    expect(() => client.refuse('subscrib')).toThrow('there are subscribe, unsubscribe, unsubscribeAll, list');
    line.backlog = 20_001;
    expect(() => client.refuse('subscrib')).toThrow('does not read');
    expect(line.closed).toBe(true);
  });

  it('is told when the exchange refuses the subscription', () => {
    subscribed();
    const key = subscriptionKey(BOOK);
    const subscription = { key, state: 'failed', failure: 'rejected', reason: 'no such stream' } as never;
    for (const listener of lifecycle) listener({ type: 'subscription', subscription });
    for (const listener of lifecycle) listener({ type: 'subscription', subscription });
    turn();
    expect(line.messages.slice(1)).toMatchObject([
      { t: 'status', failure: 'rejected', reason: 'no such stream' },
    ]);
  });

  it('still says so in the statuses that follow', () => {
    const book = subscribed();
    book.failure = 'rejected';
    book.play(status('stale'));
    turn();
    expect(line.messages.at(-1)).toMatchObject({ t: 'status', state: 'stale', failure: 'rejected' });
  });

  it('releases what it held when it leaves, and what others hold stays', () => {
    const book = subscribed();
    const second = newClient(new PlayedLine());
    second.subscribe({ channels: [BOOK] });
    client.close();
    expect(book.released).toBe(false);
    second.close();
    expect(book.released).toBe(true);
    expect(hub.size).toBe(0);
  });
});
