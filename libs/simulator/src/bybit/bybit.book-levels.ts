import type { BookSide, Side } from '../market/book-side.ts';
import type { InstrumentFormat } from '../market/instrument.ts';

/** Levels of one side in ticks and lots, best first. */
export type Levels = readonly (readonly [ticks: number, lots: number])[];

/** The best levels of a side as they stand. */
export function topLevels(side: BookSide, depth: number): Levels {
  return Array.from({ length: Math.min(depth, side.length) }, (_, rank) => [
    side.price(rank) ?? 0,
    side.amount(rank),
  ]);
}

/** What turns one list of levels into another: those that are new or other, and with zero lots those that are gone. */
export function changedLevels(side: Side, before: Levels, after: Levels): Levels {
  const changes: (readonly [number, number])[] = [];
  const isBetter = (ticks: number, than: number): boolean => (side === 'bid' ? ticks > than : ticks < than);
  let [old, now] = [0, 0];
  for (;;) {
    const [was, is] = [before[old], after[now]];
    if (was === undefined && is === undefined) return changes;
    if (is === undefined || (was !== undefined && isBetter(was[0], is[0]))) {
      changes.push([was?.[0] ?? 0, 0]);
      old++;
    } else if (was === undefined || isBetter(is[0], was[0])) {
      changes.push(is);
      now++;
    } else {
      if (was[1] !== is[1]) changes.push(is);
      old++;
      now++;
    }
  }
}

/** A row of a book: an amount of nothing is `0`, however many places others have. */
export function levelText(
  { price, amount }: InstrumentFormat,
  [ticks, lots]: readonly [number, number],
): readonly string[] {
  return [price.text(ticks), amountText(amount, lots)];
}

/** A row of the book that shows orders of retail liquidity providers: they stand beside the others at some prices. */
export function rpiLevelText(
  { price, amount }: InstrumentFormat,
  [ticks, lots]: readonly [number, number],
): readonly string[] {
  const rpiLots = ticks % 3 === 0 ? Math.ceil(lots / 3) : 0;
  return [price.text(ticks), amountText(amount, lots), amountText(amount, rpiLots)];
}

function amountText(amount: InstrumentFormat['amount'], lots: number): string {
  return lots === 0 ? '0' : amount.text(lots);
}
