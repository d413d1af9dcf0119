/**
 * A decimal as the JSON number that Bitfinex sends: without zeros at its end, and with an exponent below a millionth,
 * such as `7e-7`. Checksums are made of these very texts.
 */
export function wireNumber(decimal: string): string {
  return String(Number(decimal));
}

/** With the sign that tells the side. */
export function signed(decimal: string, isNegative: boolean): string {
  return isNegative ? `-${wireNumber(decimal)}` : wireNumber(decimal);
}
