/** So many decimal places, digits beyond are cut; or as few as the number needs, without zeros at its end. */
export type DecimalPlaces = number | 'fewest';

/**
 * The smallest step in which a number of the market moves (tick size, lot size, or both multiplied). The market counts
 * in whole increments, which keeps its arithmetic exact; text is made at the edge, in the exchange's own format.
 */
export class Increment {
  private readonly mantissa: bigint;
  private readonly decimals: number;
  private readonly places: number;
  private readonly isShort: boolean;

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
    if (this.mantissa <= 0n) throw new RangeError(`An increment must be larger than zero, not ${size}.`);
  }

  /**
   * So many increments as a decimal: `text(9731250)` of a 0.01 increment is `97312.50000000` with 8 places, and `97312.5`
   * with the fewest.
   */
  text(count: number | bigint): string {
    const value = BigInt(count) * this.mantissa;
    const digits = (value < 0n ? -value : value).toString().padStart(this.decimals + 1, '0');
    const whole = digits.slice(0, digits.length - this.decimals);
    const fraction = digits.slice(digits.length - this.decimals).padEnd(this.places, '0');
    const text = `${value < 0n ? '-' : ''}${whole}${this.places === 0 ? '' : `.${fraction.slice(0, this.places)}`}`;
    return this.isShort && this.places > 0 ? text.replace(/\.?0+$/, '') : text;
  }

  /** How many increments come nearest to the number. */
  count(value: number): number {
    return Math.round((value * 10 ** this.decimals) / Number(this.mantissa));
  }
}
