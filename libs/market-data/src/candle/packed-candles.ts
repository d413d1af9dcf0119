import { packDecimal, unpackDecimal, type PackedDecimal } from '../decimal/packed-decimal.ts';
import type { CandleSource } from '../event/candle.ts';
import type { Candle } from './candle.ts';

const DECIMALS = [
  'open',
  'high',
  'low',
  'close',
  'baseVolume',
  'quoteVolume',
  'takerBuyBaseVolume',
  'takerBuyQuoteVolume',
] as const;
const WIDTH = DECIMALS.length;

/** In place of decimal places: there is no such decimal, or it cannot be packed and is kept as text. */
const ABSENT = 255;
const TEXT = 254;

const TIMES = ['exchangeTime', 'receivedAt', 'tradeCount'] as const;

const SOURCES: readonly CandleSource[] = ['stream', 'rest', 'derived'];
const SOURCE_BITS = 0b11;
const CLOSED = 0b100;
const SYNTHETIC = 0b1000;

const decimal: PackedDecimal = { value: 0, scale: 0 };

/** What places of a series say beside the times that follow from them. */
export type PlacedCandle = Omit<Candle, 'interval' | 'openTime' | 'closeTime'>;

/**
 * Candles in numbered places, about 100 bytes each: every digit comes out as it came in, and nothing of a frame is kept
 * alive.
 */
export class PackedCandles {
  private readonly decimals: Float64Array;
  private readonly scales: Uint8Array;
  private readonly counts: Float64Array;
  private readonly flags: Uint8Array;
  /** Decimals that no double holds. */
  private readonly texts = new Map<number, string>();

  constructor(readonly places: number) {
    this.decimals = new Float64Array(places * WIDTH);
    this.scales = new Uint8Array(places * WIDTH);
    this.counts = new Float64Array(places * TIMES.length);
    this.flags = new Uint8Array(places);
  }

  isClosed(place: number): boolean {
    return ((this.flags[place] ?? 0) & CLOSED) !== 0;
  }

  read(place: number): PlacedCandle {
    const flags = this.flags[place] ?? 0;
    const [open = '', high = '', low = '', close = '', baseVolume = '', quoteVolume, buyBase, buyQuote] =
      DECIMALS.map((_, column) => this.decimal(place * WIDTH + column));
    const [exchangeTime, receivedAt = 0, tradeCount] = TIMES.map((_, column) => {
      const value = this.counts[place * TIMES.length + column] ?? NaN;
      return Number.isNaN(value) ? undefined : value;
    });
    return {
      open,
      high,
      low,
      close,
      baseVolume,
      ...(quoteVolume !== undefined && { quoteVolume }),
      ...(tradeCount !== undefined && { tradeCount }),
      ...(buyBase !== undefined && { takerBuyBaseVolume: buyBase }),
      ...(buyQuote !== undefined && { takerBuyQuoteVolume: buyQuote }),
      closed: (flags & CLOSED) !== 0,
      source: SOURCES[flags & SOURCE_BITS] ?? 'stream',
      ...((flags & SYNTHETIC) !== 0 && { synthetic: true }),
      ...(exchangeTime !== undefined && { exchangeTime }),
      receivedAt,
    };
  }

  write(place: number, candle: PlacedCandle): void {
    for (let column = 0; column < WIDTH; column++) {
      const name = DECIMALS[column];
      if (name) this.setDecimal(place * WIDTH + column, candle[name]);
    }
    const first = place * TIMES.length;
    this.counts[first] = candle.exchangeTime ?? NaN;
    this.counts[first + 1] = candle.receivedAt;
    this.counts[first + 2] = candle.tradeCount ?? NaN;
    this.flags[place] =
      SOURCES.indexOf(candle.source) | (candle.closed ? CLOSED : 0) | (candle.synthetic ? SYNTHETIC : 0);
  }

  private decimal(cell: number): string | undefined {
    const scale = this.scales[cell] ?? ABSENT;
    if (scale === ABSENT) return undefined;
    return scale === TEXT ? this.texts.get(cell) : unpackDecimal(this.decimals[cell] ?? 0, scale);
  }

  private setDecimal(cell: number, text: string | undefined): void {
    if (this.scales[cell] === TEXT) this.texts.delete(cell);
    if (text === undefined) {
      this.scales[cell] = ABSENT;
    } else if (packDecimal(text, decimal)) {
      this.decimals[cell] = decimal.value;
      this.scales[cell] = decimal.scale;
    } else {
      this.scales[cell] = TEXT;
      this.texts.set(cell, text);
    }
  }
}
