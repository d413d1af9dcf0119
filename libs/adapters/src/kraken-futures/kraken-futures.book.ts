import type { BookLevel } from '@exchange-stream/market-data';
import type { BookRules, LinkVerdict, NumberedLink } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, isWireObject, list, price } from '../decoder/fields.ts';
import type { WireLevel } from './kraken-futures.wire.ts';

/**
 * Kraken does not say that `seq` counts one by one; clients find that it does, for each product. So whatever is not the next
 * one, be it later or earlier, may have left something out, and the book is begun anew.
 */
export function follows(sequence: number, { last }: NumberedLink): LinkVerdict {
  return last === sequence + 1 ? 'follows' : 'gap';
}

/** The whole book comes with the subscription, and then one level with each frame. */
export function bookRules(): BookRules {
  return { kind: 'linked', seed: 'stream', follows };
}

/** Levels of one side of a snapshot, which may have some of nothing. */
export function levels(value: unknown, field: string): BookLevel[] {
  const read: BookLevel[] = [];
  for (const [index, row] of list(value, field).entries()) {
    if (!isWireObject(row)) throw new MalformedFieldError(`${field}[${index}]`, 'a level {price, qty}', row);
    const level = levelOf(row, `${field}[${index}]`);
    if (/[1-9]/.test(level[1])) read.push(level);
  }
  return read;
}

export function levelOf({ price: at, qty }: WireLevel, field: string): BookLevel {
  return [price(at, `${field}.price`), amount(qty, `${field}.qty`)];
}
