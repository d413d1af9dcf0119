import type {
  AccountOperations,
  AccountRow,
  BalanceRow,
  FillRow,
  OrderRow,
  PositionRow,
  RestOperation,
  SignedOperation,
  Sink,
  Stream,
} from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  id,
  integer,
  list,
  object,
  price,
  text,
  type WireObject,
} from './lab.fields.ts';
import { side } from './lab.trades.ts';
import { parse } from './lab.rest.ts';
import { signed } from './lab.signing.ts';

/** Topics of an account, each with the reader of its rows. */
const READERS = {
  orders: readOrder,
  fills: readFill,
  balances: readBalance,
  positions: readPosition,
} satisfies Record<string, (row: WireObject, field: string) => AccountRow>;

/** A topic that tells what an account has. */
export type AccountTopic = keyof typeof READERS;

export function isAccountTopic(topic: string): topic is AccountTopic {
  return Object.hasOwn(READERS, topic);
}

/**
 * Reads the rows of one frame into the sink. A bad row costs itself, but a snapshot with one is none: what would be missing
 * in it would be taken for what is over.
 */
export function readAccount<S extends Stream>(
  topic: AccountTopic,
  data: unknown,
  isSnapshot: boolean,
  stream: S,
  sink: Sink<S>,
): void {
  const wireRows = list(data, 'data');
  const rows = rowsOf<AccountRow>(wireRows, READERS[topic], (reason) => sink.rejected(stream, reason));
  if (rows.length < wireRows.length && isSnapshot) return sink.ignored('snapshot with a bad row');
  sink.account(stream, rows, isSnapshot);
}

/** The same by REST. */
export const accountOperations: AccountOperations = {
  orders: whole<OrderRow>('orders', readOrder),
  balances: whole<BalanceRow>('balances', readBalance),
  positions: whole<PositionRow>('positions', readPosition),
  fills: {
    ...operation('fills', readFill),
    request: ({ after, limit }, signing) =>
      signed(
        'GET',
        `/api/fills?${after ? `after=${encodeURIComponent(after.id)}&` : ''}limit=${limit}`,
        signing,
      ),
  },
};

function whole<Row>(
  topic: AccountTopic,
  read: (row: WireObject, field: string) => Row,
): SignedOperation<void, readonly Row[]> {
  return {
    ...operation(topic, read),
    request: (_query, signing) => signed('GET', `/api/${topic}`, signing),
  };
}

function operation<Row>(
  topic: AccountTopic,
  read: (row: WireObject, field: string) => Row,
): { readonly isSigned: true } & Pick<RestOperation<unknown, readonly Row[]>, 'parse' | 'recognise'> {
  const path = `/api/${topic}`;
  return {
    isSigned: true,
    parse: (body, _query, reject) =>
      parse(`GET ${path}`, body, (json) => rowsOf(list(object(json, 'body')[topic], topic), read, reject)),
    recognise: (url) => (url.pathname === path ? {} : undefined),
  };
}

function rowsOf<Row>(
  rows: readonly unknown[],
  read: (row: WireObject, field: string) => Row,
  reject: (reason: string) => void,
): Row[] {
  return rows.flatMap((row, index) => {
    const field = `[${index}]`;
    try {
      return [read(object(row, field), field)];
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
      return [];
    }
  });
}

function readOrder(row: WireObject, field: string): OrderRow {
  return {
    type: 'order',
    nativeSymbol: text(row.symbol, `${field}.symbol`),
    id: text(row.orderId, `${field}.orderId`),
    side: side(row.side, `${field}.side`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.amount, `${field}.amount`),
    filled: amount(row.filled, `${field}.filled`),
    status: status(row.status, `${field}.status`),
    version: integer(row.version, `${field}.version`),
    time: integer(row.time, `${field}.time`),
  };
}

function readFill(row: WireObject, field: string): FillRow {
  return {
    type: 'fill',
    nativeSymbol: text(row.symbol, `${field}.symbol`),
    id: id(row.fillId, `${field}.fillId`),
    orderId: text(row.orderId, `${field}.orderId`),
    side: side(row.side, `${field}.side`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.amount, `${field}.amount`),
    fee: amount(row.fee, `${field}.fee`),
    feeAsset: text(row.feeAsset, `${field}.feeAsset`),
    time: integer(row.time, `${field}.time`),
  };
}

function readBalance(row: WireObject, field: string): BalanceRow {
  return {
    type: 'balance',
    asset: text(row.asset, `${field}.asset`),
    free: amount(row.free, `${field}.free`),
    locked: amount(row.locked, `${field}.locked`),
    time: integer(row.time, `${field}.time`),
  };
}

function readPosition(row: WireObject, field: string): PositionRow {
  const nativeSymbol = text(row.symbol, `${field}.symbol`);
  return {
    type: 'position',
    nativeSymbol,
    // One for each symbol at most: the other side replaces it.
    id: nativeSymbol,
    side: direction(row.side, `${field}.side`),
    amount: amount(row.amount, `${field}.amount`),
    entryPrice: amount(row.entryPrice, `${field}.entryPrice`),
    time: integer(row.time, `${field}.time`),
  };
}

function status(value: unknown, field: string): OrderRow['status'] {
  if (value === 'open' || value === 'filled' || value === 'cancelled') return value;
  throw new MalformedFieldError(field, '"open", "filled" or "cancelled"', value);
}

function direction(value: unknown, field: string): PositionRow['side'] {
  if (value === 'long' || value === 'short') return value;
  throw new MalformedFieldError(field, '"long" or "short"', value);
}
