/** So many decimal places, digits beyond are cut; or as few as the number needs, without zeros at its end. */
export type DecimalPlaces = number | 'fewest';

/**
 * The smallest step in which a number of the market moves (tick size, lot size, or both multiplied). The market counts
 * in whole increments, which keeps its arithmetic exact; text is made at the edge, in the exchange's own format.
 */
export class Increment {
  private readonly mantissa: bigint;
  /** The same as a double, not exact where it is large. */
  private readonly step: number;
  private readonly decimals: number;
  private readonly places: number;
  private readonly isShort: boolean;
  private readonly texts = new Map<number, string>();

  /**
   * @param size the step as a decimal, such as `0.01`
   * @param places how the exchange prints decimal places; default: those of the step
   */
  constructor(
    readonly size: string,
    places?: DecimalPlaces,
  ) {
    const point = size.indexOf('.');
    this.decimals = point === -1 ? 0 : size.length - point - 1;
    this.isShort = places === 'fewest';
    this.places = typeof places === 'number' ? places : this.decimals;
    this.mantissa = BigInt(size.replace('.', ''));
    this.step = Number(this.mantissa);
    if (this.mantissa <= 0n) throw new RangeError(`An increment must be larger than zero, not ${size}.`);
  }

  /**
   * So many increments as a decimal: `text(9731250)` of a 0.01 increment is `97312.50000000` with 8 places, and `97312.5`
   * with the fewest.
   */
  text(count: number | bigint): string {
    const { decimals, places } = this;
    const [isNegative, digits] = this.digits(count);
    const sign = isNegative ? '-' : '';
    if (places === 0) return sign + digits.slice(0, digits.length - decimals);
    const point = digits.length - decimals;
    const fraction = digits.slice(point);
    const shown = places === decimals ? fraction : fraction.padEnd(places, '0').slice(0, places);
    const text = `${sign}${digits.slice(0, point)}.${shown}`;
    return this.isShort ? text.replace(/\.?0+$/, '') : text;
  }

  /**
   * The same, from memory where it was written lately: most levels of a book stand as they stood.
   * @param most how many texts are worth keeping
   */
  remembered(count: number, most: number): string {
    const known = this.texts.get(count);
    if (known !== undefined) return known;
    if (this.texts.size >= most) this.texts.clear();
    const text = this.text(count);
    this.texts.set(count, text);
    return text;
  }

  /** How many increments come nearest to the number. */
  count(value: number): number {
    return Math.round((value * 10 ** this.decimals) / this.step);
  }

  /** At least one before the point. Whole numbers of doubles where they are exact: a market writes thousands a second. */
  private digits(count: number | bigint): readonly [isNegative: boolean, digits: string] {
    const product = Number(count) * this.step;
    const isExact = Number.isSafeInteger(count) && Number.isSafeInteger(product);
    const value = isExact ? product : BigInt(count) * this.mantissa;
    const isNegative = value < 0;
    return [isNegative, String(isNegative ? -value : value).padStart(this.decimals + 1, '0')];
  }
}
