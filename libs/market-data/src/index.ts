export type { Clock, Timer } from './time/clock.ts';
export { SystemClock } from './time/system-clock.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export type { Random } from './random/random.ts';
export {
  InvalidDecimalError,
  addDecimals,
  compareDecimals,
  isDecimal,
  isZeroDecimal,
  multiplyDecimals,
  toPlainDecimal,
} from './decimal/decimal.ts';
