import { CandleBoard } from './candle-board.ts';
import { candleHistory } from './candle-history.ts';
import type { Candle } from './candle.ts';
import { Chance } from './chance.ts';
import type { DecimalPlaces } from './increment.ts';
import { ContractMarket } from './derivatives/contract-market.ts';
import type { Liquidation } from './derivatives/liquidation.ts';
import type { PriceIndex } from './derivatives/price-index.ts';
import {
  instrumentFormat,
  type InstrumentFormat,
  type InstrumentStatus,
  type SimulatedInstrument,
} from './instrument.ts';
import { OrderBook, type BookChange } from './order-book.ts';
import { OrderFlow, type Match } from './order-flow.ts';
import { RollingWindows, type RollingWindow } from './rolling-window.ts';
import { Tape, type AggregateTrade, type Trade } from './tape.ts';
import { Timeframe } from './timeframe.ts';
import type { Random } from '@exchange-stream/market-data';

/** Told of everything that happens in a market, in the order in which it happens. */
export interface MarketListener {
  bookChanged(market: InstrumentMarket, change: BookChange): void;
  /** Before the book shows what the trade took. */
  traded(market: InstrumentMarket, trade: Trade): void;
  /** After the last trade of the taker order. */
  aggregated(market: InstrumentMarket, trade: AggregateTrade): void;
  /** After the trades by which a position was closed. */
  liquidated?(market: InstrumentMarket, liquidation: Liquidation): void;
  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void;
  paused(): void;
  /** A symbol is new, or its status is another one. */
  statusChanged?(market: InstrumentMarket): void;
}

export interface InstrumentMarketOptions {
  readonly now: number;
  readonly historyStartTime: number;
  readonly stepMs: number;
  readonly activity: number;
  readonly depthLevels: number;
  /** How the exchange prints decimal places; without it, as many as each increment has. */
  readonly places?: DecimalPlaces;
  /** A source of its own for each purpose. */
  readonly random: (purpose: string) => Random;
  /** By how much the id of the book grows with each change. Default 1. */
  readonly updateIdStep?: number;
  /** What a derivative follows; absent for spot. */
  readonly index?: PriceIndex;
}

const MINUTE_MS = 60_000;
const MINUTES = new Timeframe('1m');
/** Quotes that come for each taker order. */
const QUOTES_PER_ORDER = 6;
/** Book changes happened long before anybody connects. */
const FIRST_UPDATE_ID = 1_000_000_000;
const FIRST_TRADE_ID = 100_000_000;
/** Steps before anybody watches may be longer. */
const EARLIER_STEP_MS = 500;
/** The longest page of trades an exchange serves. */
const RETAINED_TRADES = 1000;

/** One instrument's market: its book, the people who trade it, and what they left behind. Counts in ticks and lots. */
export class InstrumentMarket {
  readonly format: InstrumentFormat;
  readonly book: OrderBook;
  readonly tape: Tape;
  /** What a derivative has beside a book and trades; undefined for spot. */
  readonly contract: ContractMarket | undefined;
  private readonly board: CandleBoard;
  private readonly windows = new RollingWindows();
  private readonly flow: OrderFlow;
  private readonly chance: Chance;
  private time: number;
  private currentStatus: InstrumentStatus;

  constructor(
    readonly instrument: SimulatedInstrument,
    private readonly options: InstrumentMarketOptions,
    private readonly listener: MarketListener,
  ) {
    const { symbol, startPrice, dailyVolatility } = instrument;
    this.format = instrumentFormat(instrument, options.places);
    this.chance = new Chance(options.random(symbol));
    this.currentStatus = instrument.status;
    const medianLots = Math.max(1, this.format.amount.count(instrument.medianAmount));
    const ordersPerSecond = instrument.ordersPerSecond * options.activity;
    const firstTradeId = FIRST_TRADE_ID + this.chance.below(FIRST_TRADE_ID);
    const openTime = openingTime(options.now);
    this.time = openTime;
    const contract = contractOf(instrument, medianLots, openTime, options);
    this.contract = contract;
    const startTicks = Math.max(2, this.format.price.count(contract?.markPrice ?? startPrice));
    this.tape = new Tape(firstTradeId, RETAINED_TRADES);
    const firstUpdateId = FIRST_UPDATE_ID + this.chance.below(FIRST_UPDATE_ID);
    this.book = new OrderBook(
      firstUpdateId,
      (change) => this.listener.bookChanged(this, change),
      options.updateIdStep,
    );
    const history = {
      startTime: options.historyStartTime,
      endTime: openTime,
      endTicks: startTicks,
      endTradeId: firstTradeId,
      dailyVolatility,
      tradesPerMinute: instrument.ordersPerSecond * 60,
      medianLots,
      turnover: this.format.turnover,
    };
    this.board = new CandleBoard(
      openTime,
      startTicks,
      this.format,
      () => candleHistory(history, new Chance(options.random(`${symbol} history`))),
      (timeframe, candle) => this.listener.candleClosed(this, timeframe, candle),
    );
    const quotesPerSecond = ordersPerSecond * QUOTES_PER_ORDER;
    const { depthLevels } = options;
    this.flow = new OrderFlow(
      {
        startTicks,
        medianLots,
        dailyVolatility,
        ordersPerSecond,
        quotesPerSecond,
        depthLevels,
        ...(contract && { fairTicks: () => contract.markPrice / Number(instrument.tickSize) }),
      },
      this.book,
      this.chance,
    );
    this.flow.open();
    this.liveUntil(options.now);
  }

  /** That of the instrument, until the exchange changes it. */
  get status(): InstrumentStatus {
    return this.currentStatus;
  }

  set status(status: InstrumentStatus) {
    if (status === this.currentStatus) return;
    this.currentStatus = status;
    this.listener.statusChanged?.(this);
  }

  get trades(): boolean {
    return this.currentStatus === 'trading';
  }

  /** Time until the next step: irregular, as people are, so that steps and publications never march in time. */
  nextStepMs(): number {
    return Math.max(1, Math.round(this.options.stepMs * (0.5 + this.chance.uniform())));
  }

  /** Lives from the latest step to now. */
  step(now: number): void {
    // A clock that was set back stops nobody from trading.
    const elapsedMs = now < this.time ? this.options.stepMs : now - this.time;
    this.time = now;
    this.closeCandles(now);
    this.contract?.advance(now);
    this.flow.step(elapsedMs, (matches) => this.match(matches));
  }

  /** Forgets the time since the latest step: nothing happened in it. */
  skipTo(now: number): void {
    this.time = Math.max(this.time, now);
  }

  /** The clock was set: the latest step is as long ago as before. */
  shift(byMs: number): void {
    this.time += byMs;
    this.contract?.shift(byMs);
  }

  /** Candles of an instrument that does not trade end where trading ended. */
  closeCandles(now: number): void {
    if (this.trades) this.board.closeUntil(now);
  }

  candles(timeframe: Timeframe): { readonly closed: readonly Candle[]; readonly running: Candle } {
    return this.board.of(timeframe);
  }

  rollingWindow(now: number, lengthMs: number): RollingWindow {
    return this.windows.of(this.board.of(MINUTES), now, lengthMs);
  }

  /** The minutes before anybody connects, so that the first client finds trades and a running candle. */
  private liveUntil(now: number): void {
    const stepMs = Math.max(EARLIER_STEP_MS, this.options.stepMs);
    while (this.time < now) this.step(Math.min(now, this.time + stepMs));
  }

  private match(matches: readonly Match[]): void {
    const order: Trade[] = [];
    for (const match of matches) {
      const trade = this.tape.print(match, this.time);
      order.push(trade);
      this.board.add(trade);
      this.listener.traded(this, trade);
      const side = trade.takerSide === 'buy' ? 'ask' : 'bid';
      this.book.set(side, trade.ticks, this.book.side(side).amountAt(trade.ticks) - trade.lots);
    }
    for (const aggregate of this.tape.aggregate(order)) this.listener.aggregated(this, aggregate);
    const liquidation = this.contract?.filled(order);
    if (liquidation !== undefined) this.listener.liquidated?.(this, liquidation);
  }
}

/** The running minute is always made of real trades: the market opens on a whole minute before anybody comes. */
export function openingTime(now: number): number {
  return Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
}

function contractOf(
  instrument: SimulatedInstrument,
  medianLots: number,
  startTime: number,
  { index, random }: InstrumentMarketOptions,
): ContractMarket | undefined {
  const { contract } = instrument;
  if (contract === undefined || index === undefined) return undefined;
  return new ContractMarket({ instrument, contract, index, startTime, medianLots, random });
}
