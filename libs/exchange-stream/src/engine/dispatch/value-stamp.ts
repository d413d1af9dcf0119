import type { ExchangeSequence } from '@exchange-stream/market-data';

/** Where a value stands among others of its topic. */
export interface ValueStamp {
  readonly sequence: ExchangeSequence | undefined;
  /** Milliseconds since the epoch. */
  readonly exchangeTime: number | undefined;
  readonly receivedAt: number;
}

/** Whether the first is of a later moment than the second, by the exchange's own account where it gives one. */
export function isNewer(stamp: ValueStamp, than: ValueStamp): boolean {
  if (stamp.sequence !== undefined && than.sequence !== undefined)
    return compareSequences(stamp.sequence, than.sequence) > 0;
  if (stamp.exchangeTime !== undefined && than.exchangeTime !== undefined)
    return stamp.exchangeTime > than.exchangeTime;
  return stamp.receivedAt > than.receivedAt;
}

/** Below zero when the first comes before the second, above when after. */
export function compareSequences(one: ExchangeSequence, other: ExchangeSequence): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [BigInt(one), BigInt(other)];
  return a < b ? -1 : Number(a > b);
}
