import type {
  BookLevel,
  BookOrder,
  BookReader,
  Channel,
  ChannelEvents,
  ExchangeSequence,
  LostRange,
  MarketEvent,
  PlatformStatusEvent,
  QueueRule,
  Side,
  StatusEvent,
  SubscriptionRequest,
  ValueEvent,
} from '@exchange-stream/market-data';
import type {
  AccountRow,
  BookLink,
  BookRules,
  BookSeed,
  CandleRow,
  LinkVerdict,
  LiquidationRow,
  PlatformStatusRow,
  QuotePeriods,
  TradeRow,
  TradeRules,
} from '../../contract/index.ts';
import type { AccountData } from '../account-data/account-data.ts';
import type { AccountRules } from '../account-data/account-rules.ts';
import { createAccountData } from '../account-data/create-account-data.ts';
import { createCandleSeries, createTradeCandles, type CandleFlow } from '../candles/candle-flow.ts';
import type { CandleRules } from '../candles/candle-rules.ts';
import { CandleSeriesReader, type CandleSeriesHandle } from '../candles/candle-series-handle.ts';
import type { CandleKeeper } from '../candles/candle-keeper.ts';
import { candleOfRow } from '../candles/told-candle.ts';
import type { TradeCandles } from '../candles/trade-candles.ts';
import {
  BookSynchronizer,
  type BookCounters,
  type BookSynchronizerHooks,
} from '../integrity/book-synchronizer.ts';
import { KeptLevels, KeptOrders } from '../integrity/kept-book.ts';
import type { ChannelTraffic } from '../lifecycle/exchange-statistics.ts';
import type { SubscriptionCounters } from '../subscription/subscription-state.ts';
import { createTradeSeries, type TradeSeries } from '../trades/trade-series.ts';
import type { FillSource } from './fill-recovery.ts';
import { noFlowCounts } from './flow-counts.ts';
import { accountHooks, fillSourceOf, tradeHooks, type FlowParts } from './flow-hooks.ts';
import { FlowConsumers } from './flow-consumers.ts';
import type { DataFlowEnvironment } from './data-flow-environment.ts';
import { DataPresence, type EventSeries } from './data-presence.ts';
import type { DataStatus } from './data-status.ts';
import { FlowEvents, type InstrumentName } from './flow-events.ts';
import { KeptNotices } from './kept-notices.ts';
import { withFields, type FieldChannel, type FieldRows } from './latest-fields.ts';
import type { RowTarget } from './row-target.ts';
import type { SeriesOverlap } from './series-overlap.ts';
import { SourceChange, textOf } from './source-change.ts';
import type { ValueStamp } from './value-stamp.ts';

/** Channels of whose events each counts for itself; of fills that depends on what can be asked for. */
const SERIES: Readonly<Partial<Record<Channel, EventSeries>>> = {
  trades: 'trades',
  liquidations: 'liquidations',
  status: 'notices',
  raw: 'frames',
};

/**
 * The data of one subscription on its way from decoded rows to consumers: integrity in front of it, one ordered sequence
 * of data and status behind it.
 */
export class DataFlow implements RowTarget {
  readonly consumers: FlowConsumers;
  /** What it takes rows of: not those of its own channel where it is made of others. */
  channel: Channel;
  readonly isRaw: boolean;
  readonly presence: DataPresence;
  /** Of private channels, once it is known how it is kept right. */
  accountData: AccountData | undefined;
  /** Of candles, once it is known how they are kept right. */
  candles: CandleKeeper | undefined;
  /** Of trades, once it is known how they are told. */
  trades: TradeSeries | undefined;
  private readonly events: FlowEvents;
  private readonly sourceChange: SourceChange;
  private priceBook: BookSynchronizer | undefined;
  private ordersBook: BookSynchronizer<BookOrder> | undefined;
  private queue: QueueRule = 'arrival';
  /** Of candles that the exchange does not have: what makes them of its trades. */
  private tradeCandles: TradeCandles | undefined;
  private accountSeries: 'fills' | undefined;
  private fillSource: FillSource | undefined;
  private lastReceivedAt: number | undefined;
  private lastValue: ValueEvent | undefined;
  /** What rows have said that need not say everything. */
  private known: { [C in FieldChannel]?: FieldRows[C] } = {};
  private readonly notices = new KeptNotices();
  private newestLagMs: number | undefined;
  /** What is counted of all flows of the channel. */
  private readonly traffic: ChannelTraffic;
  private readonly counts = noFlowCounts();
  private rows = 0;
  private readonly parts: FlowParts;

  constructor(
    private readonly request: SubscriptionRequest,
    key: string,
    private readonly environment: DataFlowEnvironment,
  ) {
    this.channel = request.channel;
    this.isRaw = request.channel === 'raw';
    this.traffic = environment.statistics.of(request.channel);
    this.events = new FlowEvents(request, key);
    this.sourceChange = new SourceChange(environment.clock);
    this.presence = this.createPresence();
    this.parts = {
      environment,
      events: this.events,
      counts: this.counts,
      presence: this.presence,
      accountData: () => this.accountData,
      deliver: (event) => this.deliver(event),
    };
    this.consumers = new FlowConsumers(request.channel, {
      clock: environment.clock,
      deadlineMs: environment.consumerDeadlineMs,
      losses: environment.statistics.consumers,
      latest: () => this.latest(),
      current: () => this.current(),
      fills: () => this.fillSource,
      status: () => this.statusEvent(),
      failed: (consumer, error) => environment.consumerFailed(consumer, error),
      overdue: (...late) => environment.consumerOverdue(...late),
      overflowed: (...lost) => environment.consumerOverflowed(...lost),
    });
  }

  /** Where the data stands, since when, and why. */
  get status(): Pick<DataStatus, 'state' | 'since' | 'reason'> {
    return this.presence.status;
  }

  get lastEventAt(): number | undefined {
    return this.lastReceivedAt;
  }

  /** Rows that the session has handed over. */
  get received(): number {
    return this.rows;
  }

  /** Time of receipt of the newest row less the exchange's time of it; undefined before there is one that tells. */
  get lagMs(): number | undefined {
    return this.newestLagMs;
  }

  /** Where its last value stands, a whole book included. */
  get lastStamp(): ValueStamp | undefined {
    const { lastReceivedAt: receivedAt, synchronizer, lastValue } = this;
    if (receivedAt === undefined) return undefined;
    if (synchronizer)
      return { sequence: synchronizer.sequence, exchangeTime: synchronizer.exchangeTime, receivedAt };
    return lastValue && { sequence: lastValue.sequence, exchangeTime: lastValue.exchangeTime, receivedAt };
  }

  get counters(): Omit<SubscriptionCounters, 'resubscribes'> {
    const { synchronizer, accountData } = this;
    return {
      ...this.counts,
      waiting: (synchronizer ?? accountData ?? this.candles ?? this.trades)?.waiting ?? 0,
      snapshots: synchronizer?.counters.snapshots ?? 0,
    };
  }

  /** What the exchange says is going on now. */
  get ongoing(): PlatformStatusEvent | undefined {
    return this.notices.ongoing(this.environment.clock.now());
  }

  /** What has been seen of the book; undefined for other channels. */
  get book():
    | { readonly counters: Readonly<BookCounters>; readonly live: boolean; readonly crossed: boolean }
    | undefined {
    const { synchronizer } = this;
    return (
      synchronizer && {
        counters: synchronizer.counters,
        live: synchronizer.live,
        crossed: synchronizer.book.reader.crossed,
      }
    );
  }

  /** The instrument is known, and for a book how it is kept right. */
  place(
    instrument: InstrumentName,
    book: BookRules | undefined,
    account?: AccountRules,
    candles?: CandleRules,
    trades?: TradeRules,
  ): void {
    this.events.place(instrument);
    // Placed anew, it still knows what consumers have had.
    if (candles?.isMadeOfTrades) this.makeOfTrades(candles, trades ?? { ids: 'arbitrary' });
    else if (candles) this.candles ??= createCandleSeries(candles, this.candleFlow());
    else if (trades) this.trades ??= createTradeSeries(trades, tradeHooks(this.parts));
    if (book) {
      this.synchronizer?.reset();
      this.createSynchronizer(book);
    }
    if (!account) return;
    // Placed anew, it still knows what consumers hold.
    this.accountData ??= createAccountData(account, this.request.exchange, accountHooks(this.parts));
    // What cannot be asked for afterwards stays missed.
    this.accountSeries = account.kind === 'fills' && !account.canRecover ? 'fills' : undefined;
    if (account.kind === 'fills' && account.canRecover)
      this.fillSource = fillSourceOf(this.accountData, this.environment.askForFills);
  }

  /** The same trades or frames come from two connections from here on; `undefined`: they do not after all. */
  overlap(overlap: SeriesOverlap | undefined): void {
    this.sourceChange.overlaps(overlap, this.channel !== 'trades');
  }

  /** They come from the fresh connection alone. */
  overlapped(): void {
    this.sourceChange.overlapped();
  }

  /** Whether it has had a trade, by its id, or a frame or a row without an id, by its text. */
  hasHad(id: string): boolean {
    return this.channel === 'trades' ? (this.trades?.knows(id) ?? false) : this.sourceChange.hasHadFrame(id);
  }

  /** Rows of another connection that the flow has had already. */
  repeated(rows: number): void {
    this.rows += rows;
    this.counts.received += rows;
    this.counts.dropped += rows;
  }

  /**
   * Whether its book, or what its account has, is begun and still without the whole that the rest is built on, or trades that
   * were missed are waited for.
   */
  get isSeeding(): boolean {
    const { synchronizer, accountData, candles, trades } = this;
    return (synchronizer ?? accountData ?? candles)?.isSeeding ?? trades?.isRecovering ?? false;
  }

  /** Sequence of the last update in its book; undefined without a live one. */
  get bookSequence(): number | undefined {
    return this.synchronizer?.sequence;
  }

  /** What an update of another connection would be to the book as it stands. */
  verdictOn(link: BookLink | undefined): LinkVerdict {
    return this.synchronizer?.verdictOn(link) ?? 'follows';
  }

  /** Updates of the book come from another connection from here on, cut at other places. */
  continueBook(): void {
    this.synchronizer?.changesSource();
  }

  /** Values come from another connection from here on, which may be a little behind: what is not newer is held back. */
  holdBackOlder(): void {
    this.sourceChange.holdBack(this.lastStamp);
  }

  /** The last value while the data is live: a whole book (its best `depth` levels), ticker, quote, candle … */
  latest(depth?: number): ChannelEvents[Channel] | undefined {
    if (this.status.state !== 'live') return undefined;
    if (this.channel === 'status') return this.notices.current().at(-1);
    return this.synchronizer ? this.bookSnapshotEvent(depth) : this.lastValue;
  }

  /** The book itself, while it is live. */
  get bookReader(): BookReader | undefined {
    return this.status.state === 'live' ? this.synchronizer?.book.reader : undefined;
  }

  /** Reads its candles, those before them included; undefined of other channels. */
  series(): CandleSeriesHandle | undefined {
    if (this.request.channel !== 'candles') return undefined;
    return new CandleSeriesReader({
      candles: () => this.candles,
      event: (candle) => this.events.candle(candle),
      history: (...asked) => this.environment.candles.history(...asked),
    });
  }

  /** All that holds while the data is live: every open order, balance, position or notice; elsewhere the last value. */
  current(): readonly ChannelEvents[Channel][] {
    if (this.accountData) return this.status.state === 'live' ? this.accountData.current() : [];
    if (this.channel === 'status') return this.status.state === 'live' ? this.notices.current() : [];
    const candles = this.candles?.snapshot() ?? [];
    if (candles.length > 0) return candles.map((candle) => this.events.candle(candle));
    const latest = this.latest();
    return latest ? [latest] : [];
  }

  /** The present state as an event; for a fresh gap with what was lost. */
  statusEvent(lost?: LostRange): StatusEvent {
    return this.events.status(this.status, lost);
  }

  trade(
    receivedAt: number,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates: { readonly firstId: string; readonly lastId: string } | undefined,
    periodDays: number | undefined,
    isBlock: boolean | undefined,
  ): void {
    this.arrived(receivedAt, exchangeTime);
    const { trades, presence } = this;
    const { losses } = presence;
    const fate = trades ? trades.judge(id, exchangeTime) : 'deliver';
    this.sourceChange.told(id);
    if (fate === 'drop') return void this.counts.dropped++;
    const event = this.events.trade(
      receivedAt,
      exchangeTime,
      id,
      price,
      amount,
      side,
      aggregates,
      periodDays,
      isBlock,
    );
    if (fate === 'hold') return trades?.hold(event);
    if (this.tradeCandles) return this.tradeCandles.trade(event);
    // Not when somebody who was told of a hole had the source taken away.
    if (losses === presence.losses) presence.flows('trades flow');
    this.deliver(event);
  }

  recentTrades(receivedAt: number, rows: readonly TradeRow[]): void {
    this.rows += rows.length;
    this.counts.received += rows.length;
    this.presence.arrived();
    this.lastReceivedAt = receivedAt;
    if (this.trades) this.trades.recent(rows);
    else this.counts.dropped += rows.length;
  }

  quote(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
    periods: QuotePeriods | undefined,
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.sourceChange.isBehind(receivedAt, exchangeTime, sequence)) return void this.counts.dropped++;
    this.deliverValue(
      this.events.quote(receivedAt, exchangeTime, sequence, bid, bidAmount, ask, askAmount, periods),
    );
  }

  fields<C extends FieldChannel>(
    channel: C,
    receivedAt: number,
    exchangeTime: number | undefined,
    row: FieldRows[C],
    isWhole: boolean,
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.sourceChange.isBehind(receivedAt, exchangeTime, undefined)) return void this.counts.dropped++;
    const known = withFields(isWhole ? undefined : this.known[channel], row);
    this.known = { [channel]: known };
    const event = this.events.fields(channel, receivedAt, exchangeTime, known);
    if (event) this.deliverValue(event);
    // It will be told with the next one.
    else this.counts.conflated++;
  }

  liquidation(receivedAt: number, exchangeTime: number | undefined, row: LiquidationRow): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.sourceChange.isRepeatedFrame(textOf(exchangeTime, row))) return void this.counts.dropped++;
    this.presence.flows('liquidations flow');
    this.deliver(this.events.liquidation(receivedAt, exchangeTime, row));
  }

  platformStatus(receivedAt: number, exchangeTime: number | undefined, row: PlatformStatusRow): void {
    this.arrived(receivedAt, exchangeTime);
    const isRepeated = this.sourceChange.isRepeatedFrame(textOf(exchangeTime, row));
    const event = this.events.platformStatus(receivedAt, exchangeTime, row);
    if (isRepeated || !this.notices.add(event)) return void this.counts.dropped++;
    this.presence.flows('notices flow');
    this.environment.noticed(event);
    this.deliver(event);
  }

  candle(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.sourceChange.isBehind(receivedAt, exchangeTime, undefined)) return void this.counts.dropped++;
    if (this.candles) this.candles.row(receivedAt, exchangeTime, row);
    else this.deliverValue(this.events.candle(candleOfRow(receivedAt, exchangeTime, row)));
  }

  bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.sourceChange.isBehind(receivedAt, exchangeTime, link?.last)) return void this.counts.dropped++;
    const book = this.open(this.priceBook);
    if (book) book.snapshot(exchangeTime, link, bids, asks);
    else this.counts.lost++;
  }

  bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    const book = this.openForUpdate(this.priceBook, receivedAt, exchangeTime, bids.length + asks.length);
    if (book) book.update(exchangeTime, link, bids, asks);
    else this.counts.lost++;
  }

  bookOrdersSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    this.arrived(receivedAt, exchangeTime);
    const book = this.open(this.ordersBook);
    if (book) book.snapshot(exchangeTime, link, bids, asks);
    else this.counts.lost++;
  }

  bookOrdersUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    const book = this.openForUpdate(this.ordersBook, receivedAt, exchangeTime, bids.length + asks.length);
    if (book) book.update(exchangeTime, link, bids, asks);
    else this.counts.lost++;
  }

  /** A frame as it came. */
  raw(receivedAt: number, topic: string, json: string): void {
    this.arrived(receivedAt, undefined);
    if (this.sourceChange.isRepeatedFrame(json)) return void this.counts.dropped++;
    this.presence.flows('frames flow');
    this.deliver(this.events.raw(receivedAt, topic, json));
  }

  account(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): void {
    this.rows += rows.length;
    this.counts.received += rows.length;
    this.presence.arrived();
    this.lastReceivedAt = receivedAt;
    if (this.accountData) this.accountData.rows(receivedAt, rows, isSnapshot);
    else this.counts.dropped += rows.length;
  }

  /** A whole book from REST. */
  seeded(seed: BookSeed): void {
    this.counts.received++;
    if (this.priceBook) this.priceBook.seeded(seed);
    else this.counts.dropped++;
  }

  /**
   * Frames are missing that may have been of this flow; its consumers are told. Returns whether its topic has to be asked
   * for again, as nothing else brings what holds now.
   */
  missed(reason: string): boolean {
    const { synchronizer, presence } = this;
    return synchronizer ? synchronizer.missed(reason) : presence.missed(reason);
  }

  /** A frame of its connection could not be read. */
  unreadable(reason: string): void {
    const { synchronizer } = this;
    if (synchronizer?.isUnproven) synchronizer.missed(`a frame could not be read: ${reason}`);
  }

  /** A row that breaks the exchange's format. */
  rejected(reason: string): void {
    this.rows++;
    this.counts.received++;
    this.counts.rejected++;
    this.synchronizer?.rejected(reason);
  }

  private arrived(receivedAt: number, exchangeTime: number | undefined): void {
    this.presence.arrived();
    this.count(receivedAt, exchangeTime);
  }

  private count(receivedAt: number, exchangeTime: number | undefined): void {
    this.rows++;
    this.counts.received++;
    this.lastReceivedAt = receivedAt;
    if (exchangeTime !== undefined) this.traffic.lagMs = this.newestLagMs = receivedAt - exchangeTime;
  }

  /** An update has come for the book. @param changes how many rows it has */
  private openForUpdate<Row>(
    book: BookSynchronizer<Row> | undefined,
    receivedAt: number,
    exchangeTime: number | undefined,
    changes: number,
  ): BookSynchronizer<Row> | undefined {
    if (changes > 0) {
      this.arrived(receivedAt, exchangeTime);
      return this.open(book);
    }
    this.presence.showedLife();
    this.count(receivedAt, exchangeTime);
    return this.presence.takesSignsOfLife ? book : undefined;
  }

  /** The book, unless nothing may be built of what comes: a status has said so, and a whole book follows. */
  private open<Row>(book: BookSynchronizer<Row> | undefined): BookSynchronizer<Row> | undefined {
    return this.presence.isWithheld ? undefined : book;
  }

  private get synchronizer(): BookSynchronizer | BookSynchronizer<BookOrder> | undefined {
    return this.priceBook ?? this.ordersBook;
  }

  private createSynchronizer(rules: BookRules): void {
    this.priceBook = this.ordersBook = undefined;
    if (rules.level === 'order') {
      this.queue = rules.queue;
      const hooks = this.bookHooks<BookOrder>(rules, (...update) => this.events.bookOrdersUpdate(...update));
      this.ordersBook = new BookSynchronizer(
        new KeptOrders(rules.queue),
        rules,
        hooks,
        this.environment.clock,
      );
    } else {
      const hooks = this.bookHooks<BookLevel>(rules, (...update) => this.events.bookUpdate(...update));
      this.priceBook = new BookSynchronizer(new KeptLevels(), rules, hooks, this.environment.clock);
    }
  }

  private deliver(event: MarketEvent): void {
    this.counts.delivered++;
    this.traffic.events++;
    this.consumers.deliver(event);
  }

  /** Delivers an event that replaces the one before. */
  private deliverValue(event: ValueEvent): void {
    this.lastValue = event;
    this.deliverPresent(event, 'data flows');
  }

  /** Delivers what shows that the data is present, unless somebody who is told of it has the source taken away. */
  private deliverPresent(event: MarketEvent, reason: string): void {
    const { losses } = this.presence;
    this.deliver(event);
    if (losses === this.presence.losses) this.presence.flows(reason);
  }

  private createPresence(): DataPresence {
    const { clock, statistics } = this.environment;
    const series = SERIES[this.channel];
    return new DataPresence({
      clock,
      series: () => series ?? this.accountSeries,
      built: () => this.synchronizer ?? this.accountData ?? this.candles,
      continuity: () => (this.candles ? undefined : this.trades),
      startsOver: () => {
        this.newestLagMs = undefined;
        this.sourceChange.holdBack(undefined);
      },
      forgets: () => {
        this.known = {};
      },
      changed: (reason, lost) => {
        const filled = this.status.state === 'live' ? (this.candles ?? this.trades)?.takeFilled() : undefined;
        this.consumers.deliver(this.events.status(this.status, lost, filled));
        this.environment.changed(reason);
      },
      missed: () => {
        this.counts.gaps++;
        statistics.gaps++;
      },
    });
  }

  private bookHooks<Row>(
    rules: BookRules,
    updateEvent: (
      receivedAt: number,
      exchangeTime: number | undefined,
      sequence: number | undefined,
      bids: readonly Row[],
      asks: readonly Row[],
    ) => ChannelEvents['book'],
  ): BookSynchronizerHooks<Row> {
    return {
      needSeed: (attempt, broken) => {
        this.presence.seeding();
        this.environment.needSeed(attempt, broken);
      },
      synced: () => {
        this.deliverPresent(this.bookSnapshotEvent(), wholeness(rules));
      },
      updated: (exchangeTime, sequence, bids, asks) => {
        const receivedAt = this.lastReceivedAt ?? this.environment.clock.now();
        const update = updateEvent(receivedAt, exchangeTime, sequence, bids, asks);
        // It may have been whole before, in a market that was listed as halted.
        this.deliverPresent(update, 'the market moves');
      },
      broken: ({ kind, reason, lost }) => {
        this.environment.statistics.bookBreaks[kind]++;
        this.presence.broken(reason, lost);
      },
      became: (fate, rows) => {
        this.counts[fate] += rows;
      },
    };
  }

  private makeOfTrades(candles: CandleRules, trades: TradeRules): void {
    this.channel = 'trades';
    this.tradeCandles ??= createTradeCandles(candles, this.candleFlow(), trades, tradeHooks(this.parts));
    this.candles = this.tradeCandles;
    this.trades = this.tradeCandles.trades;
  }

  private candleFlow(): CandleFlow {
    const { counts, environment, presence } = this;
    return {
      source: environment.candles,
      now: () => environment.clock.now(),
      deliver: (candle) => {
        this.lastValue = this.events.candle(candle);
        this.deliver(this.lastValue);
      },
      ended: (fate, rows) => {
        counts[fate] += rows;
        if (fate === 'rejected') environment.statistics.rejected += rows;
      },
      added: (rows) => (counts.received += rows),
      flows: (reason) => presence.flows(reason),
      broken: (reason, lost) => presence.broken(reason, lost),
      silent: (reason) => {
        if (this.status.state !== 'stale') presence.fellSilent(reason);
      },
    };
  }

  private bookSnapshotEvent(depth?: number): ChannelEvents['book'] {
    const { events, ordersBook, priceBook, synchronizer } = this;
    const receivedAt = this.lastReceivedAt ?? this.environment.clock.now();
    const { exchangeTime, sequence } = synchronizer ?? {};
    if (ordersBook) {
      const { book } = ordersBook;
      const { queue } = this;
      return events.bookOrdersSnapshot(
        receivedAt,
        exchangeTime,
        sequence,
        queue,
        book.bids(depth),
        book.asks(depth),
      );
    }
    const [bids, asks] = [priceBook?.book.bids(depth) ?? [], priceBook?.book.asks(depth) ?? []];
    return events.bookSnapshot(receivedAt, exchangeTime, sequence, bids, asks);
  }
}

/** What of a book is shown by what the exchange sends. */
function wholeness(rules: BookRules): string {
  const isUnproven = rules.kind === 'linked' && rules.isUnproven === true;
  return isUnproven
    ? 'the book is whole; the exchange sends nothing that would show a missing change'
    : 'the book is whole and linked';
}
