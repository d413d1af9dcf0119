import type { BookLevel } from '@exchange-stream/market-data';
import type { BookRules, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, list, object, price } from '../decoder/fields.ts';
import { timeIfAny } from './coinbase.fields.ts';
import type { WireEvent, WireLevel } from './coinbase.wire.ts';

/**
 * A whole book with the subscription and the changed levels from then on, all of them. Updates bear no number of their own:
 * that none is missing is shown by the count of all frames of the connection.
 */
export const BOOK_RULES: BookRules = { kind: 'linked', seed: 'stream', follows: () => 'follows' };

/**
 * An event of `l2_data`. One bad level spoils it: nothing of it is told.
 * @param sentAt the time of its frame, for levels that bear none
 * @throws MalformedFieldError
 */
export function readBook<S extends Stream>(
  event: WireEvent,
  sentAt: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const isSnapshot = event.type === 'snapshot';
  if (!isSnapshot && event.type !== 'update')
    throw new MalformedFieldError('type', '"snapshot" or "update"', event.type);
  const rows = list(event.updates, 'updates');
  const bids: BookLevel[] = [];
  const asks: BookLevel[] = [];
  // The names of fields are the same for each row: there are 50,000 of them in a snapshot.
  for (const entry of rows) {
    const row: WireLevel = object(entry, 'updates[]');
    const level: BookLevel = [
      price(row.price_level, 'updates[].price_level'),
      amount(row.new_quantity, 'updates[].new_quantity'),
    ];
    if (row.side === 'bid') bids.push(level);
    else if (row.side === 'offer') asks.push(level);
    else throw new MalformedFieldError('updates[].side', '"bid" or "offer"', row.side);
  }
  const [first] = rows;
  const eventTime = first === undefined ? undefined : (first as WireLevel).event_time;
  const time = timeIfAny(eventTime, 'updates[].event_time') ?? sentAt;
  if (isSnapshot) sink.bookSnapshot(stream, time, undefined, bids, asks);
  else sink.bookUpdate(stream, time, undefined, bids, asks);
}
