import type { BookLevel } from '@exchange-stream/market-data';
import type { BookRules, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, list, price } from '../decoder/fields.ts';
import { timeIfAny } from './coinbase-exchange.fields.ts';
import type { WireSnapshot, WireUpdate } from './coinbase-exchange.wire.ts';

/**
 * A whole book with the subscription and the changed levels from then on. Nothing is numbered: that all of them come is the
 * exchange's word, and TCP's. A book that is seen to be crossed is asked for again.
 */
export const BOOK_RULES: BookRules = {
  kind: 'linked',
  seed: 'stream',
  follows: () => 'follows',
  isUnproven: true,
};

/** Levels of whole books that are none are left out: there are some of no price, and negative ones. */
export function readSnapshot<S extends Stream>(message: WireSnapshot, stream: S, sink: Sink<S>): void {
  const bids = levels(message.bids, 'bids', sink);
  const asks = levels(message.asks, 'asks', sink);
  sink.bookSnapshot(stream, timeIfAny(message.time, 'time'), undefined, bids, asks);
}

function levels<S extends Stream>(value: unknown, field: string, sink: Sink<S>): BookLevel[] {
  const found: BookLevel[] = [];
  for (const entry of list(value, field)) {
    try {
      const row = list(entry, field);
      const size = amount(row[1], field);
      found.push([price(row[0], field), size]);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.ignored('odd level of a whole book');
    }
  }
  return found;
}

/** One bad change spoils the update: nothing of it is told. @throws MalformedFieldError */
export function readUpdate<S extends Stream>(message: WireUpdate, stream: S, sink: Sink<S>): void {
  const bids: BookLevel[] = [];
  const asks: BookLevel[] = [];
  for (const [index, entry] of list(message.changes, 'changes').entries()) {
    const field = `changes[${index}]`;
    const [side, levelPrice, size] = list(entry, field);
    const level: BookLevel = [price(levelPrice, field), amount(size, field)];
    if (side === 'buy') bids.push(level);
    else if (side === 'sell') asks.push(level);
    else throw new MalformedFieldError(field, '"buy" or "sell"', side);
  }
  sink.bookUpdate(stream, timeIfAny(message.time, 'time'), undefined, bids, asks);
}
