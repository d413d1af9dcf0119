/** A number with so many decimal places. */
export function fixed(value: number, places: number): string {
  return value.toFixed(places);
}

/** A decimal without zeros at its end, as klines and most numbers of spot are written. */
export function short(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A fraction with at most so many places, without zeros at its end. */
export function fraction(value: number, places: number): string {
  const text = short(value.toFixed(places));
  return text === '-0' ? '0' : text;
}

/** Decimal places of an increment, such as 2 of `0.10`. */
export function placesOf(increment: string): number {
  const point = increment.indexOf('.');
  return point === -1 ? 0 : increment.length - point - 1;
}
