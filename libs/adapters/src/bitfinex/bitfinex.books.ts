import { compareDecimals, isZeroDecimal, type BookLevel, type BookOrder } from '@exchange-stream/market-data';
import type { BookLink, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, exactId, exactInteger, price } from '../decoder/fields.ts';
import { columns, rowsOf, signedAmount } from './bitfinex.fields.ts';
import type { Payload } from './bitfinex.market-data.ts';
import type { OpenChannel } from './bitfinex.open-channels.ts';

const CHECKSUM = 'cs';

/** Levels of both sides, and those of them that the wire has otherwise than in plain notation. */
interface Levels {
  readonly bids: BookLevel[];
  readonly asks: BookLevel[];
  readonly asWritten: Map<BookLevel, BookLevel>;
}

/** A book by price: its snapshot, its changes, or its checksum. */
export function readBook<S extends Stream>(
  payload: Payload,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const { channel, message, frame } = payload;
  const content = message[1];
  if (content === CHECKSUM) {
    // Those of funding sort otherwise than anybody can know.
    if (channel.isFunding) return sink.ignored('checksum of a book of funding');
    return sink.bookUpdate(stream, time, { checksum: checksum(message[2]) }, [], []);
  }
  if (typeof content === 'string') return sink.unhandled(frame);
  const isSnapshot = isWhole(payload, content);
  const levels: Levels = { bids: [], asks: [], asWritten: new Map() };
  for (const [index, row] of rowsOf(content, 'levels').entries()) {
    if (channel.isFunding) readFundingLevel(row, `levels[${index}]`, levels);
    else readLevel(row, `levels[${index}]`, levels);
  }
  const { bids, asks, asWritten } = levels;
  const link = asWritten.size > 0 ? { asWritten } : undefined;
  if (!isSnapshot) return tellChange(channel, time, link, bids, asks, stream, sink);
  channel.hasBegun = true;
  sink.bookSnapshot(stream, time, link, bids, asks);
  channel.best?.replace(bids, asks);
  if (channel.best) quote(channel, time, stream, sink);
}

/** A channel of a book says that it lives, and that nothing has changed; so say other channels, of which nothing is made. */
export function tellLife<S extends Stream>(
  { kind }: OpenChannel,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  sink.ignored('heartbeat');
  if (kind === 'book') sink.bookUpdate(stream, time, undefined, [], []);
  else if (kind === 'orders') sink.bookOrdersUpdate(stream, time, undefined, [], []);
}

/** Levels have changed; with them may have the best ones. */
export function tellChange<S extends Stream>(
  channel: OpenChannel,
  time: number | undefined,
  link: BookLink | undefined,
  bids: readonly BookLevel[],
  asks: readonly BookLevel[],
  stream: S,
  sink: Sink<S>,
): void {
  sink.bookUpdate(stream, time, link, bids, asks);
  if (channel.best?.change(bids, asks)) quote(channel, time, stream, sink);
}

function quote<S extends Stream>(
  { best }: OpenChannel,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const bid = best?.bid;
  const ask = best?.ask;
  // Between two changes that belong together, a side may be empty or go beyond the other.
  if (!bid || !ask) return sink.ignored('quote in between');
  const [bidPrice, bidAmount, , bidPeriodDays] = bid;
  const [askPrice, askAmount, , askPeriodDays] = ask;
  if (bidPeriodDays !== undefined && askPeriodDays !== undefined) {
    const periods = { bidPeriodDays, askPeriodDays };
    return sink.quote(stream, time, undefined, bidPrice, bidAmount, askPrice, askAmount, periods);
  }
  if (compareDecimals(bidPrice, askPrice) >= 0) return sink.ignored('quote in between');
  sink.quote(stream, time, undefined, bidPrice, bidAmount, askPrice, askAmount);
}

/** `[price, count, ±amount]`; without a count it goes, and the amount says no more than the side. */
function readLevel(value: unknown, field: string, { bids, asks, asWritten }: Levels): void {
  const row = columns(value, 3, field);
  const at = price(row[0], `${field}[0]`);
  const count = exactInteger(row[1], `${field}[1]`);
  const { amount: size, isNegative } = signedAmount(row[2], `${field}[2]`);
  const side = isNegative ? asks : bids;
  if (count === 0) {
    side.push([at, '0']);
    return;
  }
  if (isZeroDecimal(size)) throw new MalformedFieldError(`${field}[2]`, 'an amount above zero', row[2]);
  const level: BookLevel = [at, size, count];
  side.push(level);
  const written = isNegative ? String(row[2]).slice(1) : row[2];
  if (at !== row[0] || size !== written) asWritten.set(level, [String(row[0]), String(written)]);
}

/** `[rate, period, count, ±amount]`: of funding, who wants to borrow bids, with a negative amount. */
function readFundingLevel(value: unknown, field: string, { bids, asks }: Levels): void {
  const row = columns(value, 4, field);
  const rate = amount(row[0], `${field}[0]`);
  const periodDays = exactInteger(row[1], `${field}[1]`);
  const count = exactInteger(row[2], `${field}[2]`);
  const { amount: size, isNegative } = signedAmount(row[3], `${field}[3]`);
  if (count === 0) {
    // Which side its sign means then is not written anywhere: an offer and a bid of one rate and period would have met.
    bids.push([rate, '0', 0, periodDays]);
    asks.push([rate, '0', 0, periodDays]);
    return;
  }
  if (isZeroDecimal(size)) throw new MalformedFieldError(`${field}[3]`, 'an amount other than zero', row[3]);
  (isNegative ? bids : asks).push([rate, size, count, periodDays]);
}

/** A book by order: its snapshot, its changes, or its checksum. */
export function readOrders<S extends Stream>(
  payload: Payload,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const { channel, message, frame } = payload;
  const content = message[1];
  if (content === CHECKSUM) {
    if (channel.isFunding) return sink.ignored('checksum of a book of funding');
    return sink.bookOrdersUpdate(stream, time, { checksum: checksum(message[2]) }, [], []);
  }
  if (typeof content === 'string') return sink.unhandled(frame);
  const isSnapshot = isWhole(payload, content);
  const bids: BookOrder[] = [];
  const asks: BookOrder[] = [];
  for (const [index, row] of rowsOf(content, 'orders').entries()) {
    if (channel.isFunding) readOffer(row, `orders[${index}]`, bids, asks);
    else readOrder(row, `orders[${index}]`, bids, asks);
  }
  if (isSnapshot) {
    channel.hasBegun = true;
    sink.bookOrdersSnapshot(stream, time, undefined, bids, asks);
  } else sink.bookOrdersUpdate(stream, time, undefined, bids, asks);
}

/** `[id, price, ±amount]`; at a price of zero it is gone. */
function readOrder(value: unknown, field: string, bids: BookOrder[], asks: BookOrder[]): void {
  const row = columns(value, 3, field);
  const id = exactId(row[0], `${field}[0]`);
  const at = amount(row[1], `${field}[1]`);
  const { amount: size, isNegative } = signedAmount(row[2], `${field}[2]`);
  (isNegative ? asks : bids).push(orderOf(id, at, size));
}

/** `[id, period, rate, ±amount]`, the sign as of funding; at a rate of zero it is gone. */
function readOffer(value: unknown, field: string, bids: BookOrder[], asks: BookOrder[]): void {
  const row = columns(value, 4, field);
  const id = exactId(row[0], `${field}[0]`);
  const periodDays = exactInteger(row[1], `${field}[1]`);
  const rate = amount(row[2], `${field}[2]`);
  const { amount: size, isNegative } = signedAmount(row[3], `${field}[3]`);
  (isNegative ? bids : asks).push({ ...orderOf(id, rate, size), periodDays });
}

function orderOf(id: string, at: string, size: string): BookOrder {
  return isZeroDecimal(at) ? { id, price: '0', amount: '0' } : { id, price: at, amount: size };
}

/** Whether rows are a whole book: those with which a channel begins, be it none; and any list where changes come one by one. */
function isWhole({ channel, isBulk }: Payload, content: unknown): boolean {
  if (!Array.isArray(content) || (content.length > 0 && !Array.isArray(content[0]))) return false;
  return !channel.hasBegun || !isBulk;
}

/** Of 32 bits, with a sign. */
function checksum(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : NaN;
  if ((number | 0) !== number) throw new MalformedFieldError('checksum', 'a whole number of 32 bits', value);
  return number;
}
