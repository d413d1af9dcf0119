import { VirtualClock, type SubscriptionRequest } from '@exchange-stream/market-data';
import {
  SubscriptionRequestError,
  type LifecycleEvent,
  type RequestReporter,
  type SubscriptionHandle,
  type SubscriptionView,
  type TransportLog,
} from '@exchange-stream/nestjs/engine';
import { createMemoryTransport, type MemoryTransport } from '@exchange-stream/simulator';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { SettableClock } from '../world/settable-clock.ts';
import { routed } from '../world/routed.ts';
import { BookChronicle } from './book-chronicle.ts';
import { BookReferee } from './book-referee.ts';
import { TradeReferee } from './trade-referee.ts';
import { lab, type LabOptions } from './adapter/lab.adapter.ts';
import { LabExchange, type LabDialects, type LabOptions as TwinOptions } from './twin/index.ts';

export const SYMBOLS = ['BTC-USDT', 'ETH-USDT'] as const;
export const BOOK = { exchange: 'lab', channel: 'book', symbol: 'BTC/USDT' } as const;

/** What must show nowhere: the account that the twin knows, planted where the engine has to carry it. */
const PLANTED = ['lab-secret', 'lab-key'];
const ACCOUNT = 'lab-key:lab-secret';
const CREDENTIALS = { key: 'lab-key', secret: 'lab-secret' };
const ACCOUNTS = { second: { key: 'lab-key-2', secret: 'lab-secret-2' } };

/** Small enough that a frame too large costs nothing; above all that lab sends, corrupted or not. */
const MAX_FRAME_BYTES = 1024 * 1024;

/** Longer than a rotation may take. */
const ROTATED_WITHIN_MS = 11 * 60_000;

/** An exchange of another name, of which nothing goes wrong. */
const BYSTANDER = 'bystander';
const BYSTANDER_HOST = 'bystander.test';

/** What adapter and twin both speak; and whether the adapter has its frames numbered, and where it has values from. */
export type SpokenDialects = Partial<LabDialects> & Pick<LabOptions, 'numbered' | 'values'>;

export interface LabWorldOptions {
  readonly seed: number;
  readonly dialects?: SpokenDialects;
  /** What lab demands of those who log in. */
  readonly entry?: Pick<TwinOptions, 'timeWindowMs' | 'tokenLifetimeMs'>;
  /** Kept subscribed from start to close, beside the book of BTC/USDT. */
  readonly subscriptions?: readonly SubscriptionRequest[];
  readonly transportLog?: TransportLog;
  readonly requestReporter?: RequestReporter;
  /** What lab limits, beside its defaults. */
  readonly limits?: {
    readonly topicsPerConnection?: number;
    readonly topicsPerMessage?: number;
    readonly messagesPerAddress?: number;
  };
  /** How much longer than 5 ms a message may take, in milliseconds. Default 0. */
  readonly jitterMs?: number;
}

/** Somebody who holds a subscription and counts what he is given. */
export interface Holder {
  readonly handle: SubscriptionHandle;
  /** Delivered before it joined others. */
  readonly missed: number;
  received: number;
}

const BYSTANDERS = { exchange: BYSTANDER, channel: 'ticker', symbol: 'BTC/USDT' } as const;

/**
 * Lab and the engine, told the same dialect. Beside it the engine streams from a bystander, an exchange that nothing
 * ever happens to: whatever it notices of lab's trouble is an error.
 */
export class LabWorld extends ExchangeWorld<LabExchange> {
  readonly holders = new Map<string, Holder>();
  readonly maxFrameBytes = MAX_FRAME_BYTES;
  /** Where a planted secret was seen. */
  readonly leaks: string[] = [];
  /** The clock of the machine on which the engine runs. */
  readonly ownClock: SettableClock;
  readonly referee: BookReferee;
  /** Judges the trades of everybody who holds some. */
  readonly trades: TradeReferee;
  private readonly bystander: LabExchange;
  private readonly bystanderStates: string[] = [];

  constructor({
    seed,
    dialects = {},
    entry = {},
    limits = {},
    subscriptions = [],
    transportLog,
    requestReporter,
    jitterMs = 0,
  }: LabWorldOptions) {
    const clock = new VirtualClock();
    const ownClock = new SettableClock(clock);
    const bystander = new LabExchange({ clock, seed, symbols: ['BTC-USDT'], stepMs: 5_000, depthLevels: 5 });
    const calm: MemoryTransport = createMemoryTransport(bystander, clock, { latencyMs: 5 });
    const spoken: LabOptions = { ...dialects, limits };
    super({
      clock,
      ownClock,
      seed,
      jitterMs,
      exchange: new LabExchange({
        clock,
        seed,
        symbols: SYMBOLS,
        stepMs: 400,
        activity: 0.3,
        depthLevels: 12,
        limits,
        ...dialects,
        ...entry,
      }),
      options: {
        exchanges: [lab(spoken), { ...lab(), exchange: BYSTANDER }],
        ...(transportLog && { transportLog }),
        ...(requestReporter && { requestReporter }),
        subscriptions: [...subscriptions, BYSTANDERS],
        tuning: { maxFrameBytes: MAX_FRAME_BYTES },
        settings: {
          lab: { urls: urlsAt('lab.test'), credentials: CREDENTIALS, accounts: ACCOUNTS },
          [BYSTANDER]: {
            urls: { public: `wss://${BYSTANDER_HOST}`, rest: `https://${BYSTANDER_HOST}` },
          },
        },
      },
      book: BOOK,
      around: (network) => routed(network, BYSTANDER_HOST, calm),
    });
    this.ownClock = ownClock;
    this.referee = new BookReferee(new BookChronicle(this.exchange));
    this.referee.follow(this.book);
    this.trades = new TradeReferee(this.exchange);
    this.bystander = bystander;
    bystander.start();
    this.stream.onLifecycle((event) => this.searchForSecrets(event));
    this.stream.listen({ exchange: 'lab' }, (event) => {
      if (event.type === 'status') this.searchForSecrets([event]);
    });
    this.stream.listen({ exchange: BYSTANDER }, (event) => {
      if (event.type === 'status') this.bystanderStates.push(event.state);
    });
  }

  /** Takes a hold, unless there is one already. */
  hold(request: SubscriptionRequest): void {
    const key = JSON.stringify(request);
    if (this.holders.has(key)) return;
    const handle = this.stream.subscribe(request);
    const holder: Holder = { handle, missed: handle.view().counters.delivered, received: 0 };
    holder.handle.on((event) => {
      if (event.type !== 'status') holder.received++;
    });
    this.holders.set(key, holder);
    this.referee.follow(handle);
    this.trades.follow(handle);
  }

  /** Has the trades of a symbol judged from here to the end, whoever else takes and leaves them. */
  followTrades(symbol: string): void {
    this.trades.follow(this.stream.subscribe({ exchange: 'lab', channel: 'trades', symbol }));
  }

  holds(request: SubscriptionRequest): boolean {
    return this.holders.has(JSON.stringify(request));
  }

  release(request: SubscriptionRequest): void {
    const key = JSON.stringify(request);
    void this.holders.get(key)?.handle.unsubscribe();
    this.holders.delete(key);
  }

  /** Replaces the default subscriptions; a list that cannot be met is refused whole, and changes nothing. */
  setDefaults(requests: readonly SubscriptionRequest[]): void {
    const before = this.stream.subscriptions().map(({ key }) => key);
    try {
      this.stream.setDefaults([BYSTANDERS, ...requests]);
    } catch (error) {
      if (!(error instanceof SubscriptionRequestError)) throw error;
      expect(this.stream.subscriptions().map(({ key }) => key)).toEqual(before);
    }
  }

  /** The user has another address of lab. */
  setHost(host: string): void {
    this.stream.manager('lab').setUrls(urlsAt(host));
  }

  /** The user goes through a proxy, or without one; the network in memory leads there either way. */
  setProxy(isSet: boolean): void {
    this.stream.manager('lab').setProxy(isSet ? `http://${ACCOUNT}@proxy.test:3128` : 'direct');
  }

  /** Nothing that goes wrong any more. */
  calm(): void {
    this.exchange.faults.clear();
    this.network.thaw();
    this.network.refusing = false;
    this.loses = () => false;
  }

  /**
   * Lets the market stand still, so that everybody holds the same, and compares.
   * @param tolerated rules of the exchange that a fault makes us break
   */
  async expectTruth(tolerated: readonly string[] = []): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    await this.untilReplaced();
    expect(this.awaited().map(shown)).toEqual([]);
    this.expectReplica();
    for (const { handle } of this.holders.values()) this.expectBook(handle);
    this.expectWire();
    // What events tell is all there is to tell.
    expect(this.stream.audit()).toEqual([]);
    this.expectAllAccountedFor();
    this.expectPromises(tolerated);
    this.expectNoLeak();
    this.expectBystanderUnharmed();
    this.exchange.market.resume();
  }

  /** Nothing is lost in silence: it is known of every row what has become of it, and consumers have what was delivered. */
  expectAllAccountedFor(): void {
    for (const { key, data, counters } of this.stream.subscriptions()) {
      const { received, delivered, conflated, dropped, rejected, lost, waiting } = counters;
      const known = delivered + conflated + dropped + rejected + lost + waiting;
      expect({ key, received }).toEqual({ key, received: known });
      if (data === 'live') expect({ key, waiting }).toEqual({ key, waiting: 0 });
    }
    for (const { handle, missed, received } of this.holders.values()) {
      if (handle.request.channel !== 'trades' && handle.request.channel !== 'raw') continue;
      expect({ key: handle.key, received }).toEqual({
        key: handle.key,
        received: handle.view().counters.delivered - missed,
      });
    }
  }

  expectBystanderUnharmed(): void {
    expect(this.bystanderStates.filter((state) => state !== 'syncing')).toEqual(['live']);
    expect(this.bystander.violations).toEqual([]);
    expect(this.bystander.connections.size).toBe(1);
  }

  /** Also looks at everything that can be read of the engine now. */
  expectNoLeak(): void {
    this.searchForSecrets(this.stream.subscriptions());
    this.searchForSecrets(this.stream.connections());
    expect(this.leaks).toEqual([]);
  }

  override expectPromises(tolerated: readonly string[] = []): void {
    super.expectPromises(tolerated);
    expect(this.referee.wrong).toEqual([]);
    expect(this.trades.wrong).toEqual([]);
  }

  override async close(): Promise<void> {
    await this.closeStream();
    this.exchange.stop();
    this.bystander.stop();
    expect(this.clock.pending).toBe(0);
    expect(this.stream.subscriptions()).toEqual([]);
    expect(this.stream.connections().filter(({ state }) => state !== 'closed')).toEqual([]);
    expect(this.leaks).toEqual([]);
  }

  /** While a connection is being replaced, two carry the same topics. */
  private async untilReplaced(): Promise<void> {
    const isDone = (): boolean => JSON.stringify(this.wire().sent) === JSON.stringify(this.wire().wanted);
    for (let passedMs = 0; passedMs < ROTATED_WITHIN_MS && !isDone(); passedMs += 1_000)
      await this.clock.advance(1_000);
  }

  /** The exchange sends each topic that is wanted once, and no other. */
  private expectWire(): void {
    const { sent, wanted } = this.wire();
    expect(sent).toEqual(wanted);
  }

  private wire(): { readonly sent: string[]; readonly wanted: string[] } {
    const ignored = this.ignored();
    const sent = [...this.exchange.connections].flatMap(({ subscriptions }) => [...subscriptions]);
    const wanted = this.stream
      .subscriptions()
      .filter((view) => view.exchange === 'lab' && !isRefused(view))
      .flatMap(topicsOf);
    const heeded = (topics: Iterable<string>): string[] =>
      [...topics].filter((topic) => !ignored.has(topic)).sort();
    return { sent: heeded(sent), wanted: heeded(new Set(wanted)) };
  }

  /** Topics of requests that the exchange has confirmed and not carried out. */
  private ignored(): Set<string> {
    const ignored = new Set<string>();
    for (const { fault, event, text } of this.exchange.faults.log) {
      if (event !== 'hit' || (fault.type !== 'ignore-requests' && fault.type !== 'ack-then-error')) continue;
      for (const topic of text?.split(',') ?? []) ignored.add(topic);
    }
    return ignored;
  }

  /**
   * What promises nothing: what the exchange has refused for good, and topics that it confirmed and never sends, where
   * their silence proves nothing by its sheet.
   */
  private hasPromise(view: SubscriptionView): boolean {
    if (isRefused(view)) return false;
    return topicsOf(view).every(
      (topic) => !this.ignored().has(topic) || topic.startsWith('ticker:') || topic.startsWith('candles.'),
    );
  }

  override awaited(): SubscriptionView[] {
    return super.awaited().filter((view) => this.hasPromise(view));
  }

  private expectReplica(): void {
    if (!this.hasPromise(this.view('book:BTC-USDT'))) return;
    const { bids, asks } = this.exchange.market.book('BTC-USDT');
    expect(this.replica.levels()).toEqual({ bids, asks });
    expect(this.referee.compared).toBeGreaterThan(0);
  }

  private expectBook(handle: SubscriptionHandle): void {
    if (handle.request.channel !== 'book' || !this.hasPromise(handle.view())) return;
    const depth = handle.request.params?.depth;
    const latest = handle.latest();
    if (latest?.type !== 'book-snapshot') throw new Error(`${handle.key} has no book.`);
    const { bids, asks } = this.exchange.market.book(handle.request.symbol.replace('/', '-'));
    const levels = depth === undefined ? Infinity : Number(depth);
    expect({ bids: latest.bids, asks: latest.asks }).toEqual({
      bids: bids.slice(0, levels),
      asks: asks.slice(0, levels),
    });
  }

  private searchForSecrets(shown: LifecycleEvent | readonly unknown[]): void {
    const text = JSON.stringify(shown, withErrors);
    for (const secret of PLANTED) {
      if (text.includes(secret) && this.leaks.length < 10) this.leaks.push(text.slice(0, 2_000));
    }
  }
}

function shown({ key, state, data, reason, connection }: SubscriptionView): unknown {
  return { key, state, data, reason, connection };
}

/** What is asked for of a subscription: one topic, or those that feed it together and are not refused. */
function topicsOf({ topic = '', parts }: SubscriptionView): string[] {
  return parts?.filter(({ state }) => state !== 'failed').map((part) => part.topic) ?? [topic];
}

/** The exchange has said no, and it is not asked again. */
function isRefused({ state, reason }: SubscriptionView): boolean {
  return state === 'failed' && !reason.includes('asking again');
}

function urlsAt(host: string): Record<'public' | 'market' | 'private' | 'trading' | 'rest', string> {
  const url = `wss://${ACCOUNT}@${host}`;
  return { public: url, market: url, private: url, trading: url, rest: `https://${ACCOUNT}@${host}` };
}

/** Errors as a log shows them: JSON alone shows nothing of them. */
function withErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...value, name, message, stack, cause };
}
