import type { Clock, Random, Timer } from '@exchange-stream/market-data';
import type { BookSide } from './book-side.ts';
import type { BookSides } from './book-past.ts';
import type { InstrumentFormat, SimulatedInstrument } from './instrument.ts';
import { InstrumentMarket, type MarketListener } from './instrument-market.ts';
import {
  UnknownSymbolError,
  type Market,
  type MarketBook,
  type MarketCandle,
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
  readonly listener: MarketListener;
}

/** A market that moves by chance, and by the same chance again for the same seed and clock. */
export class SeededMarket implements Market {
  readonly symbols: readonly string[];
  readonly markets: readonly InstrumentMarket[];
  private readonly bySymbol: ReadonlyMap<string, InstrumentMarket>;
  private readonly timers = new Map<InstrumentMarket, Timer>();
  private readonly halted = new Set<InstrumentMarket>();
  private started = false;
  private isPaused = false;

  /** @throws UnknownSymbolError when the options list a symbol that the exchange does not have */
  constructor(private readonly parts: SeededMarketParts) {
    const { clock, options, instruments, places, listener } = parts;
    const known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.symbols = options.symbols ?? [...known.keys()];
    const now = clock.now();
    this.markets = this.symbols.map((symbol) => {
      const instrument = known.get(symbol);
      if (instrument === undefined) throw new UnknownSymbolError(symbol, [...known.keys()]);
      const settings = {
        now,
        historyStartTime: options.startTime ?? Math.floor(now / DAY_MS) * DAY_MS - 30 * DAY_MS,
        stepMs: options.stepMs ?? 100,
        activity: options.activity ?? 1,
        depthLevels: options.depthLevels ?? 400,
        ...(places !== undefined && { places }),
        random: parts.random,
      };
      return new InstrumentMarket(instrument, settings, listener);
    });
    this.bySymbol = new Map(this.markets.map((market) => [market.instrument.symbol, market]));
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

  /** Stops quotes and trades of one symbol. */
  halt(symbol: string): void {
    const market = this.listed(symbol);
    this.halted.add(market);
    this.timers.get(market)?.cancel();
    this.timers.delete(market);
  }

  /** Lets a symbol that was halted trade again. */
  reopen(symbol: string): void {
    const market = this.listed(symbol);
    if (this.halted.delete(market) && this.started && !this.isPaused) this.begin(market);
  }

  isHalted(market: InstrumentMarket): boolean {
    return this.halted.has(market);
  }

  /** To be called when the clock was set: however far, nothing happened meanwhile. */
  shift(byMs: number): void {
    for (const market of this.markets) market.shift(byMs);
  }

  /** Closes the candles whose time is over, traded or not. */
  closeCandles(): void {
    const now = this.parts.clock.now();
    for (const market of this.markets) market.closeCandles(now);
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

  private listed(symbol: string): InstrumentMarket {
    const market = this.bySymbol.get(symbol);
    if (market === undefined) throw new UnknownSymbolError(symbol, this.symbols);
    return market;
  }

  private run(): void {
    for (const market of this.markets) if (!this.halted.has(market)) this.begin(market);
  }

  private begin(market: InstrumentMarket): void {
    if (!market.trades) return;
    market.skipTo(this.parts.clock.now());
    this.schedule(market);
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
  for (let rank = 0; rank < Math.min(limit, side.length); rank++) {
    levels.push([price.text(side.price(rank) ?? 0), amount.text(side.amount(rank))]);
  }
  return levels;
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
