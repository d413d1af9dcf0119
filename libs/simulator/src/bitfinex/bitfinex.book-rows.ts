import type { Side } from '../market/book-side.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { byPeriod, isFunding, periodOfOrder } from './bitfinex.funding.ts';
import { signed, wireNumber } from './bitfinex.numbers.ts';
import type { BitfinexOrders } from './bitfinex.orders.ts';
import type { BookView } from './bitfinex.topics.ts';

/** A level or an order as it is sent. */
export interface BookRow {
  readonly lots: number;
  readonly count: number;
  readonly price: string;
  /** Without a sign. */
  readonly amount: string;
  /** The row itself. */
  readonly text: string;
  /** The row that takes it away. */
  readonly removal: string;
  /** Its part of a checksum. */
  readonly checked: string;
}

/** Best first, by what tells them apart: price or id. */
export type BookRows = ReadonlyMap<number, BookRow>;

export interface BookRowSides {
  readonly bids: BookRows;
  readonly asks: BookRows;
}

interface Level {
  readonly ticks: number;
  readonly lots: number;
  readonly count: number;
  /** Of lending: levels are known by rate and days. */
  readonly period?: number;
}

/** Larger than the days of any level. */
const LONGEST_PERIOD = 128;

export const NO_ROWS: BookRowSides = { bids: new Map(), asks: new Map() };

/**
 * The best rows of a book, as many as the view is long.
 * @param before rows that did not change are taken from there
 * @param orders of `R0`
 */
export function bestRows(
  market: InstrumentMarket,
  view: BookView,
  before: BookRowSides,
  orders: () => BitfinexOrders,
): BookRowSides {
  if (view.precision === 'R0')
    return {
      bids: orderRows(market, 'bid', orders().best('bid', view.length), before.bids),
      asks: orderRows(market, 'ask', orders().best('ask', view.length), before.asks),
    };
  return {
    bids: levelRows(market, 'bid', view, before.bids),
    asks: levelRows(market, 'ask', view, before.asks),
  };
}

/** Of `P0`; each step of precision has a digit less. */
const SIGNIFICANT_DIGITS = 5;

/** Prices of so few digits that a level stands for several: bids are rounded down and asks up. */
function levelRows(
  market: InstrumentMarket,
  side: Side,
  { precision, length }: BookView,
  before: BookRows,
): BookRows {
  const digits = SIGNIFICANT_DIGITS - Number(precision.slice(1));
  const levels = market.book.side(side);
  const rows = new Map<number, BookRow>();
  let bucket = bucketOf(levels.price(0), digits, side);
  for (let rank = 0; rank < levels.length && rows.size < length;) {
    const price = bucket;
    let lots = 0;
    let count = 0;
    while (rank < levels.length && bucket === price) {
      lots += levels.amount(rank);
      count += ordersAt(levels.price(rank) ?? 0, levels.amount(rank));
      bucket = bucketOf(levels.price(++rank), digits, side);
    }
    const put = (key: number, part: Level): void => {
      if (rows.size === length) return;
      const known = before.get(key);
      const isSame = known?.lots === part.lots && known.count === part.count;
      rows.set(key, isSame ? known : levelRow(market, side, part));
    };
    if (!isFunding(market.instrument.symbol)) put(price, { ticks: price, lots, count });
    else
      for (const [period, part] of byPeriod(price, lots))
        put(price * LONGEST_PERIOD + period, { ticks: price, lots: part, count, period });
  }
  return rows;
}

function bucketOf(ticks: number = 0, digits: number, side: Side): number {
  const most = 10 ** digits;
  if (ticks < most) return ticks;
  const size = 10 ** (String(ticks).length - digits);
  return (side === 'bid' ? Math.floor(ticks / size) : Math.ceil(ticks / size)) * size;
}

/** Nobody counts them: any number that stays the same while the level does. */
function ordersAt(ticks: number, lots: number): number {
  return 1 + ((ticks + lots) % 4);
}

function levelRow({ format }: InstrumentMarket, side: Side, { ticks, lots, count, period }: Level): BookRow {
  const price = wireNumber(format.price.text(ticks));
  const isNegative = hasMinus(side, period !== undefined);
  const text = format.amount.text(lots);
  const amount = signed(text, isNegative);
  const key = period === undefined ? price : `${price},${period}`;
  return {
    lots,
    count,
    amount: text,
    price: format.price.text(ticks),
    text: `[${key},${count},${amount}]`,
    removal: `[${key},0,${isNegative ? -1 : 1}]`,
    checked: `${price}:${amount}`,
  };
}

function orderRows(
  { instrument: { symbol }, format }: InstrumentMarket,
  side: Side,
  orders: ReturnType<BitfinexOrders['best']>,
  before: BookRows,
): BookRows {
  const lent = isFunding(symbol);
  const isNegative = hasMinus(side, lent);
  return new Map(
    orders.map(({ id, ticks, lots }) => {
      const known = before.get(id);
      if (known?.lots === lots) return [id, known] as const;
      const [price, text] = [format.price.text(ticks), format.amount.text(lots)];
      const amount = signed(text, isNegative);
      const key = lent ? `${id},${periodOfOrder(ticks, id)}` : String(id);
      const row = {
        lots,
        count: 1,
        price,
        amount: text,
        text: `[${key},${wireNumber(price)},${amount}]`,
        removal: `[${key},0,${isNegative ? -1 : 1}]`,
        checked: `${id}:${amount}`,
      };
      return [id, row] as const;
    }),
  );
}

/** Bids are positive and asks negative; of what is lent it is the other way round. */
function hasMinus(side: Side, lent: boolean): boolean {
  return lent ? side === 'bid' : side === 'ask';
}

/**
 * What leads from one to the other. What goes is told first, so that no book is ever crossed on the way.
 */
export function changedRows(before: BookRowSides, now: BookRowSides): readonly string[] {
  const sides = ['bids', 'asks'] as const;
  return [
    ...sides.flatMap((side) =>
      [...before[side]].filter(([key]) => !now[side].has(key)).map(([, { removal }]) => removal),
    ),
    ...sides.flatMap((side) =>
      [...now[side]].filter(([key, row]) => before[side].get(key) !== row).map(([, { text }]) => text),
    ),
  ];
}
