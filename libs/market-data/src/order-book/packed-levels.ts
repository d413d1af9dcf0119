import { packDecimal, unpackDecimal, type PackedDecimal } from '../decimal/packed-decimal.ts';
import type { BookLevel } from '../event/book.ts';
import type { SideLevels } from './side-levels.ts';

const SMALLEST = 32;

/** So many of the best levels are looked through one by one before the rest is searched by halves. */
const NEAR = 24;

/** Up to so many levels are moved one by one, which is faster there than a copy within the array. */
const FEW = 48;

const price: PackedDecimal = { value: 0, scale: 0 };
const amount: PackedDecimal = { value: 0, scale: 0 };
let orders = 0;

/** Levels whose decimals can be packed, and that have no period: 18 bytes each, and four more where orders are counted. */
export class PackedLevels implements SideLevels {
  size = 0;
  /** Ascending: prices of bids, and of asks with their sign changed. */
  private keys = new Float64Array(SMALLEST);
  private amounts = new Float64Array(SMALLEST);
  /** Decimal places of the price in the high byte, of the amount in the low one. */
  private scales = new Uint16Array(SMALLEST);
  /** Orders at each level, 0 where that is not said; not there before the first level that says it. */
  private counts: Uint32Array | undefined;

  constructor(private readonly sign: 1 | -1) {}

  price(place: number): number {
    return place >= 0 && place < this.size ? (this.keys[place] ?? NaN) * this.sign : NaN;
  }

  amount(place: number): number {
    return place >= 0 && place < this.size ? (this.amounts[place] ?? NaN) : NaN;
  }

  count(place: number): number | undefined {
    const count = place >= 0 && place < this.size ? this.counts?.[place] : undefined;
    return count === 0 ? undefined : count;
  }

  level(place: number): BookLevel | undefined {
    if (place < 0 || place >= this.size) return undefined;
    const scales = this.scales[place] ?? 0;
    const priceText = unpackDecimal(this.price(place), scales >>> 8);
    const amountText = unpackDecimal(this.amount(place), scales & 0xff);
    const count = this.count(place);
    return count === undefined ? [priceText, amountText] : [priceText, amountText, count];
  }

  placeOf(text: string, period?: number): number {
    if (period !== undefined || !packDecimal(text, price)) return -1;
    const key = price.value * this.sign;
    const place = this.lastNotAbove(key);
    return this.keys[place] === key ? place : -1;
  }

  amountAt(text: string): number {
    const place = this.placeOf(text);
    return place < 0 ? 0 : this.amount(place);
  }

  set(level: BookLevel): boolean {
    if (!packLevel(level)) return false;
    const key = price.value * this.sign;
    const place = this.lastNotAbove(key);
    const isKnown = place >= 0 && this.keys[place] === key;
    if (amount.value === 0) {
      if (isKnown) this.remove(place);
    } else if (isKnown) {
      this.write(place, key);
    } else {
      this.insert(place + 1, key);
    }
    return true;
  }

  replace(levels: readonly BookLevel[]): boolean {
    const { length } = levels;
    const held = this.keys.length;
    this.size = 0;
    if (length > held || 4 * capacityFor(length) < held) this.resize(length);
    // The best one comes first, so from the end each goes on top, with nothing to search and to move. Zeros stay until
    // the end: they win against what stands before them.
    for (let index = length - 1; index >= 0; index--) {
      const level = levels[index];
      if (!level) continue;
      if (!packLevel(level)) return false;
      const key = price.value * this.sign;
      const place = this.lastNotAbove(key);
      if (place < 0 || this.keys[place] !== key) this.insert(place + 1, key);
    }
    this.dropZeros();
    return true;
  }

  dropWorst(count: number): void {
    const { keys, amounts, scales, size } = this;
    this.counts?.copyWithin(0, count, size);
    keys.copyWithin(0, count, size);
    amounts.copyWithin(0, count, size);
    scales.copyWithin(0, count, size);
    this.size = Math.max(0, size - count);
  }

  /** The last place whose key is not above this one; -1 where all are. */
  private lastNotAbove(key: number): number {
    const { keys, size } = this;
    let place = size - 1;
    const near = Math.max(0, size - NEAR);
    while (place >= near && (keys[place] ?? 0) > key) place--;
    if (place >= near || place < 0) return place;
    let low = 0;
    let high = place + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) > key) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  private write(place: number, key: number): void {
    this.keys[place] = key;
    this.amounts[place] = amount.value;
    this.scales[place] = (price.scale << 8) | amount.scale;
    if (orders !== 0 || this.counts !== undefined) this.writeCount(place);
  }

  private writeCount(place: number): void {
    this.counts ??= new Uint32Array(this.keys.length);
    this.counts[place] = orders;
  }

  private insert(place: number, key: number): void {
    if (this.size === this.keys.length) this.resize(this.size * 2);
    this.move(place, place + 1, this.size - place);
    this.size++;
    this.write(place, key);
  }

  private remove(place: number): void {
    this.size--;
    this.move(place + 1, place, this.size - place);
  }

  /** Moves `count` levels by one place. */
  private move(from: number, to: number, count: number): void {
    const { keys, amounts, scales } = this;
    this.counts?.copyWithin(to, from, from + count);
    if (count > FEW) {
      keys.copyWithin(to, from, from + count);
      amounts.copyWithin(to, from, from + count);
      scales.copyWithin(to, from, from + count);
      return;
    }
    const step = to > from ? -1 : 1;
    const shift = to - from;
    let place = step < 0 ? from + count - 1 : from;
    for (let left = count; left > 0; left--, place += step) {
      keys[place + shift] = keys[place] ?? 0;
      amounts[place + shift] = amounts[place] ?? 0;
      scales[place + shift] = scales[place] ?? 0;
    }
  }

  private dropZeros(): void {
    if (!this.amounts.subarray(0, this.size).includes(0)) return;
    let kept = 0;
    for (let place = 0; place < this.size; place++) {
      if (this.amounts[place] === 0) continue;
      this.keys[kept] = this.keys[place] ?? 0;
      this.amounts[kept] = this.amounts[place] ?? 0;
      this.scales[kept] = this.scales[place] ?? 0;
      if (this.counts) this.counts[kept] = this.counts[place] ?? 0;
      kept++;
    }
    this.size = kept;
  }

  private resize(count: number): void {
    const capacity = capacityFor(count);
    const { keys, amounts, scales, counts, size } = this;
    this.keys = new Float64Array(capacity);
    this.amounts = new Float64Array(capacity);
    this.scales = new Uint16Array(capacity);
    const kept = Math.min(size, capacity);
    this.keys.set(keys.subarray(0, kept));
    this.amounts.set(amounts.subarray(0, kept));
    this.scales.set(scales.subarray(0, kept));
    if (!counts) return;
    this.counts = new Uint32Array(capacity);
    this.counts.set(counts.subarray(0, kept));
  }
}

/** Reads a level into `price`, `amount` and `orders`. Returns whether it can be held packed. */
function packLevel(level: BookLevel): boolean {
  orders = 0;
  if (level.length > 2) {
    if (level[3] !== undefined) return false;
    orders = level[2] ?? 0;
  }
  return packDecimal(level[0], price) && packDecimal(level[1], amount);
}

/** Room for so many levels and some more. */
function capacityFor(count: number): number {
  return Math.max(SMALLEST, count + (count >>> 3));
}
