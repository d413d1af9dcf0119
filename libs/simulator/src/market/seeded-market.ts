import type { Clock, Random, Timer } from '@exchange-stream/market-data';
import type { BookSide } from './book-side.ts';
import type { BookSides } from './book-past.ts';
import type { InstrumentFormat, SimulatedInstrument } from './instrument.ts';
import { InstrumentMarket, openingTime, type MarketListener } from './instrument-market.ts';
import { deliveryTimeOf } from './derivatives/contract.ts';
import { PriceIndexes } from './derivatives/price-indexes.ts';
import {
  UnknownSymbolError,
  type Market,
  type MarketBook,
  type MarketCandle,
  type MarketDerivatives,
  type MarketOptions,
  type MarketTrade,
  type PriceLevel,
} from './market.ts';
import { Timeframe, type CandleInterval } from './timeframe.ts';
import type { Candle } from './candle.ts';
import type { DecimalPlaces, Increment } from './increment.ts';

const DAY_MS = 86_400_000;

export interface SeededMarketParts {
  readonly clock: Clock;
  readonly random: (purpose: string) => Random;
  readonly options: Partial<MarketOptions>;
  /** Everything the exchange can list. */
  readonly instruments: readonly SimulatedInstrument[];
  /** How the exchange prints decimal places; without it, as many as each increment has. */
  readonly places?: DecimalPlaces;
  /** By how much the id of a book grows with each change. Default 1. */
  readonly updateIdStep?: number;
  readonly listener: MarketListener;
}

/** A market that moves by chance, and by the same chance again for the same seed and clock. */
export class SeededMarket implements Market {
  private readonly bySymbol = new Map<string, InstrumentMarket>();
  private readonly known: ReadonlyMap<string, SimulatedInstrument>;
  private readonly indexes: PriceIndexes;
  private readonly timers = new Map<InstrumentMarket, Timer>();
  private readonly halted = new Set<InstrumentMarket>();
  private started = false;
  private isPaused = false;

  /** @throws UnknownSymbolError when the options list a symbol that the exchange does not have */
  constructor(private readonly parts: SeededMarketParts) {
    const { options, instruments, random } = parts;
    this.known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.indexes = new PriceIndexes(random);
    for (const symbol of options.symbols ?? this.known.keys()) this.add(symbol);
  }

  get symbols(): readonly string[] {
    return [...this.bySymbol.keys()];
  }

  /** All that is listed, in the order in which it was. */
  get markets(): readonly InstrumentMarket[] {
    return [...this.bySymbol.values()];
  }

  get paused(): boolean {
    return this.isPaused;
  }

  find(symbol: string): InstrumentMarket | undefined {
    return this.bySymbol.get(symbol);
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.run();
  }

  stop(): void {
    this.started = false;
    this.rest();
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.rest();
    this.parts.listener.paused();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.started) this.run();
  }

  halt(symbol: string): void {
    const market = this.listed(symbol);
    if (market.status === 'closed' || this.halted.has(market)) return;
    this.halted.add(market);
    this.restOne(market);
    this.parts.listener.statusChanged?.(market);
  }

  reopen(symbol: string): void {
    const market = this.listed(symbol);
    if (!this.halted.delete(market)) return;
    if (this.started && !this.isPaused) this.begin(market);
    this.parts.listener.statusChanged?.(market);
  }

  open(symbol: string): void {
    const market = this.listed(symbol);
    if (market.status !== 'halt' && market.status !== 'break') return;
    market.status = 'trading';
    if (this.started && !this.isPaused) this.begin(market);
  }

  list(symbol: string): void {
    if (this.bySymbol.has(symbol)) return;
    const market = this.add(symbol);
    if (this.started && !this.isPaused) this.begin(market);
    this.parts.listener.statusChanged?.(market);
  }

  delist(symbol: string): void {
    const market = this.listed(symbol);
    this.halted.delete(market);
    this.restOne(market);
    market.status = 'closed';
  }

  isHalted(market: InstrumentMarket): boolean {
    return this.halted.has(market);
  }

  /** To be called when the clock was set: however far, nothing happened meanwhile. */
  shift(byMs: number): void {
    this.indexes.shift(byMs);
    for (const market of this.bySymbol.values()) market.shift(byMs);
  }

  /** Closes the candles whose time is over, traded or not. */
  closeCandles(): void {
    const now = this.parts.clock.now();
    for (const market of this.bySymbol.values()) market.closeCandles(now);
  }

  book(symbol: string): MarketBook {
    const { book, format } = this.listed(symbol);
    return bookText(book.lastUpdateId, book, format);
  }

  bookAt(symbol: string, updateId: number): MarketBook | undefined {
    const { book, format } = this.listed(symbol);
    const sides = book.at(updateId);
    return sides && bookText(updateId, sides, format);
  }

  trades(symbol: string): readonly MarketTrade[] {
    const { tape, format } = this.listed(symbol);
    return tape.latest(Infinity).map(({ id, time, ticks, lots, takerSide }) => ({
      id,
      time,
      price: format.price.text(ticks),
      amount: format.amount.text(lots),
      takerSide,
    }));
  }

  candles(symbol: string, interval: CandleInterval): readonly MarketCandle[] {
    const market = this.listed(symbol);
    market.closeCandles(this.parts.clock.now());
    const { closed, running } = market.candles(new Timeframe(interval));
    return [...closed.map((candle) => candleText(market, candle, true)), candleText(market, running, false)];
  }

  derivatives(symbol: string): MarketDerivatives | undefined {
    const { contract, format } = this.listed(symbol);
    if (contract === undefined) return undefined;
    const { price, amount } = format;
    const funding = contract.funding?.at(this.parts.clock.now());
    return {
      markPrice: contract.markPrice,
      indexPrice: contract.indexPrice,
      openInterest: amount.text(contract.openInterest),
      ...(funding && { fundingRate: funding.rate, nextFundingTime: funding.nextTime }),
      liquidations: contract.liquidations.map(({ time, side, ticks, lots }) => ({
        time,
        side,
        price: price.text(ticks),
        amount: amount.text(lots),
      })),
    };
  }

  private listed(symbol: string): InstrumentMarket {
    const market = this.bySymbol.get(symbol);
    if (market === undefined) throw new UnknownSymbolError(symbol, this.symbols);
    return market;
  }

  private add(symbol: string): InstrumentMarket {
    const { clock, options, places, updateIdStep, listener, random } = this.parts;
    const instrument = this.known.get(symbol);
    if (instrument === undefined) throw new UnknownSymbolError(symbol, [...this.known.keys()]);
    const now = clock.now();
    const index = this.indexes.of(instrument, openingTime(now));
    const settings = {
      now,
      historyStartTime: options.startTime ?? Math.floor(now / DAY_MS) * DAY_MS - 30 * DAY_MS,
      stepMs: options.stepMs ?? 100,
      activity: options.activity ?? 1,
      depthLevels: options.depthLevels ?? 400,
      ...(places !== undefined && { places }),
      ...(index !== undefined && { index }),
      ...(updateIdStep !== undefined && { updateIdStep }),
      random,
    };
    const market = new InstrumentMarket(instrument, settings, listener);
    this.bySymbol.set(symbol, market);
    return market;
  }

  private run(): void {
    for (const market of this.bySymbol.values()) if (!this.halted.has(market)) this.begin(market);
  }

  private begin(market: InstrumentMarket): void {
    if (!market.trades) return;
    market.skipTo(this.parts.clock.now());
    this.schedule(market);
  }

  private restOne(market: InstrumentMarket): void {
    this.timers.get(market)?.cancel();
    this.timers.delete(market);
  }

  private rest(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  private schedule(market: InstrumentMarket): void {
    const { clock } = this.parts;
    const step = (): void => {
      // Scheduled first: a listener that pauses or stops the market must find the timer to cancel.
      this.schedule(market);
      market.step(clock.now());
      if (isOver(market, clock.now())) this.delist(market.instrument.symbol);
    };
    this.timers.set(market, clock.after(market.nextStepMs(), step));
  }
}

/** The best levels of a side, as many as asked, in the exchange's digits. */
export function levelsText(
  side: BookSide,
  price: Increment,
  amount: Increment,
  limit: number = Infinity,
): PriceLevel[] {
  const levels: PriceLevel[] = [];
  // Both sides, and as much again that has changed since.
  const kept = 4 * side.length + 100;
  for (let rank = 0; rank < Math.min(limit, side.length); rank++) {
    levels.push([price.remembered(side.price(rank) ?? 0, kept), amount.remembered(side.amount(rank), kept)]);
  }
  return levels;
}

/** What has an end is delivered then, and trades no more. */
function isOver({ instrument: { contract } }: InstrumentMarket, now: number): boolean {
  return contract !== undefined && now >= (deliveryTimeOf(contract) ?? Infinity);
}

function bookText(lastUpdateId: number, { bids, asks }: BookSides, format: InstrumentFormat): MarketBook {
  const { price, amount } = format;
  return { lastUpdateId, bids: levelsText(bids, price, amount), asks: levelsText(asks, price, amount) };
}

function candleText(market: InstrumentMarket, candle: Candle, closed: boolean): MarketCandle {
  const { price, amount, notional } = market.format;
  return {
    openTime: candle.openTime,
    endTime: candle.endTime,
    open: price.text(candle.open),
    high: price.text(candle.high),
    low: price.text(candle.low),
    close: price.text(candle.close),
    volume: amount.text(candle.volume),
    quoteVolume: notional.text(candle.quoteVolume),
    trades: candle.trades,
    closed,
  };
}
