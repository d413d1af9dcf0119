import assert from 'node:assert/strict';
import {
  VirtualClock,
  type SubscriptionParams,
  type SubscriptionRequest,
  type Timer,
  type TypedChannel,
} from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { ExchangeStream, type LifecycleEvent } from '@exchange-stream/nestjs/engine';
import {
  createMemoryTransport,
  type Fault,
  type MarketBook,
  type InjectedFault,
  type SimulatedExchange,
} from '@exchange-stream/simulator';
import { seededRandom } from '@exchange-stream/simulator/kit';
import { Declared, type AcceptanceSubject, type StageInstrument } from '../subject.ts';
import { Asked } from './asked.ts';
import { Followed } from './followed.ts';

export { Followed } from './followed.ts';

export interface StageOptions {
  /** Age at which connections are replaced, in place of the one that the adapter declares. */
  readonly lifetimeMs?: number;
  /** Multiplies the activity of the market. Default 1. */
  readonly activity?: number;
  /** How often the list of instruments is looked at. Default: once an hour. */
  readonly instrumentsRefreshMs?: number;
}

const SEED = 11;
const AUDIT_MS = 1_000;
/** Few enough to be compared, and to cost little. */
const DEPTH_LEVELS = 30;
const ACTIVITY = 0.15;
const STEP_MS = 300;
/** Of candles before the start: enough for a 24-hour ticker. */
const HISTORY_MS = 2 * 86_400_000;
const CLOSED_WITHIN_MS = 15_000;

/** The engine with an adapter, and the simulated exchange, in one virtual time. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly exchange: SimulatedExchange;
  readonly stream: ExchangeStream;
  readonly events: LifecycleEvent[] = [];
  /** What REST was asked, and what it answered. */
  readonly asked: Asked;
  private readonly adapter: ExchangeAdapter;
  private readonly declared: Declared;
  private readonly followed: Followed[] = [];
  private nextAudit: Timer | undefined;
  /** Rules of the exchange that the fault of a card makes us break. */
  private readonly tolerated = new Set<string>();

  constructor(
    private readonly subject: AcceptanceSubject,
    { lifetimeMs, activity = 1, instrumentsRefreshMs }: StageOptions = {},
  ) {
    const declared = subject.adapter();
    this.adapter = lifetimeMs === undefined ? declared : withLifetime(declared, lifetimeMs);
    this.declared = new Declared(this.adapter, subject.instruments);
    this.exchange = subject.twin({
      clock: this.clock,
      seed: SEED,
      market: {
        stepMs: STEP_MS,
        depthLevels: DEPTH_LEVELS,
        startTime: this.clock.now() - HISTORY_MS,
        ...subject.market,
        activity: (subject.market?.activity ?? ACTIVITY) * activity,
        symbols: subject.instruments.map(({ market }) => market),
      },
    });
    this.exchange.start();
    const { sockets, http } = createMemoryTransport(this.exchange, this.clock, { latencyMs: 5 });
    this.asked = new Asked(http, this.clock);
    this.stream = new ExchangeStream(
      {
        exchanges: [this.adapter],
        ...(instrumentsRefreshMs !== undefined && { tuning: { instrumentsRefreshMs } }),
      },
      { clock: this.clock, random: seededRandom(SEED, 'engine'), sockets, http: this.asked },
    );
    this.stream.onLifecycle((event) => this.events.push(event));
    this.stream.start();
    this.auditFromNowOn();
  }

  /** The instrument that most cards are played with. */
  get instrument(): StageInstrument {
    return this.subject.instruments[0];
  }

  /** Subscribes to a channel with the plainest parameters, and these. */
  follow(
    channel: TypedChannel,
    params: SubscriptionParams = {},
    instrument: StageInstrument = this.instrument,
  ): Followed {
    const declaration = this.adapter.channels[channel];
    const plainest = declaration ? this.declared.plainest(declaration, instrument) : {};
    const request: SubscriptionRequest = {
      exchange: this.adapter.exchange,
      channel,
      symbol: channel === 'status' ? '' : instrument.symbol,
      params: { ...plainest, ...params },
    };
    const followed = new Followed(request, this.stream.subscribe(request));
    this.followed.push(followed);
    return followed;
  }

  /** Subscribes to a channel of the first instrument, and waits until it is live. */
  async live(channel: TypedChannel): Promise<Followed> {
    const followed = this.follow(channel);
    await this.untilLive([followed]);
    return followed;
  }

  /** Subscribes to every channel of the first instrument that tells something at all times. */
  followUsual(): readonly Followed[] {
    const usual = ['book', 'trades', 'quotes', 'ticker'] as const;
    return usual.flatMap((channel) => (this.declared.channel(channel) ? [this.follow(channel)] : []));
  }

  inject(fault: Fault): InjectedFault {
    return this.exchange.faults.inject(fault);
  }

  /** The fault of this card makes us break a rule of the exchange. */
  tolerate(rule: string): void {
    this.tolerated.add(rule);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Lets time pass until something holds. @throws when it does not within that time */
  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    for (let passedMs = 0; passedMs < withinMs; passedMs += 250) {
      if (holds()) return;
      await this.clock.advance(250);
    }
    const views = this.stream.subscriptions().map(({ topic, state, data, reason }) => ({
      topic,
      state,
      data,
      reason,
    }));
    assert.ok(holds(), `within ${withinMs} ms: ${what}. ${JSON.stringify(views)}`);
  }

  async untilLive(followed: readonly Followed[] = this.followed, withinMs = 60_000): Promise<void> {
    await this.until('everything is live', () => followed.every(({ isLive }) => isLive), withinMs);
  }

  /** Lets the market stand still, and compares a book with the exchange's own. */
  async expectBook(followed: Followed, { market }: StageInstrument = this.instrument): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(3_000);
    const truth = this.truthOf(followed, market);
    for (const side of ['bids', 'asks'] as const) {
      const levels = followed.levels[side];
      const told = (followed.isByOrder ? levels.slice(0, -1) : levels).map(numbersOf);
      assert.ok(told.length > 0, `the ${side} are empty`);
      assert.deepEqual(told, truth[side].slice(0, told.length).map(numbersOf), `the ${side} differ`);
    }
    assert.ok(followed.isLive, 'the book is not live');
    this.exchange.market.resume();
  }

  /** Ids of trades follow one another, none twice; compared with the market's newest, where it counts them likewise. */
  expectEachTradeOnce({ trades }: Followed): void {
    const ids = trades.map(({ id }) => id);
    assert.ok(ids.length > 0, 'there were no trades');
    assert.equal(new Set(ids).size, ids.length, 'a trade came twice');
    if (this.declared.tradeIds !== 'contiguous') return;
    const first = Number(ids[0]);
    assert.deepEqual(
      ids.map(Number),
      ids.map((_, index) => first + index),
      'a trade is missing, or out of order',
    );
  }

  /** What holds at all times. */
  expectPromises(): void {
    for (const { broken, handle } of this.followed)
      assert.deepEqual(broken, [], `promises of ${handle.view().topic}`);
    this.expectNo('illegal-transition');
    this.expectNo('inconsistency');
    const violations = this.exchange.violations.filter(({ rule }) => !this.tolerated.has(rule));
    assert.deepEqual(violations, [], 'rules of the exchange were broken');
    for (const { topic, counters } of this.stream.subscriptions()) {
      const { received, delivered, conflated, dropped, rejected, lost, waiting } = counters;
      const known = delivered + conflated + dropped + rejected + lost + waiting;
      assert.equal(received, known, `rows of ${topic} are unaccounted for`);
    }
  }

  /** No row was rejected, and no frame unknown: what the exchange sends is what the adapter reads. */
  expectAllRead(): void {
    const rejected = this.stream
      .subscriptions()
      .flatMap(({ topic, counters }) => (counters.rejected > 0 ? [`${counters.rejected} of ${topic}`] : []));
    assert.deepEqual(rejected, [], 'rows were rejected');
    this.expectNo('frame-problem');
  }

  async close(): Promise<void> {
    this.nextAudit?.cancel();
    const closing = this.stream.close();
    await this.clock.advance(CLOSED_WITHIN_MS);
    await closing;
    this.exchange.stop();
  }

  expectNothingLeft(): void {
    assert.equal(this.clock.pending, 0, 'something goes on after the end');
  }

  /** Orders are compared by price; levels as the exchange shows them, where it does that in a way of its own. */
  private truthOf({ request, isByOrder }: Followed, market: string): MarketBook {
    const precision = request.params?.['precision'];
    const shown = isByOrder
      ? undefined
      : this.exchange.shownBook?.(market, precision === undefined ? undefined : String(precision));
    return shown ?? this.exchange.market.book(market);
  }

  private expectNo(type: LifecycleEvent['type']): void {
    assert.deepEqual(
      this.events.filter((event) => event.type === type),
      [],
      `there was an event ${type}`,
    );
  }

  private auditFromNowOn(): void {
    this.nextAudit = this.clock.after(AUDIT_MS, () => {
      this.auditFromNowOn();
      this.stream.audit();
    });
  }
}

function withLifetime(adapter: ExchangeAdapter, lifetimeMs: number): ExchangeAdapter {
  const endpoints = Object.entries(adapter.endpoints).map(([key, endpoint]) => [
    key,
    { ...endpoint, limits: { ...endpoint.limits, lifetimeMs: { documented: lifetimeMs, safe: lifetimeMs } } },
  ]);
  return { ...adapter, endpoints: Object.fromEntries(endpoints) as ExchangeAdapter['endpoints'] };
}

function numbersOf([price, amount]: readonly [string, string, ...unknown[]]): readonly [number, number] {
  return [Number(price), Number(amount)];
}
