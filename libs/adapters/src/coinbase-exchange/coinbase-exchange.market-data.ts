import type { Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
import { amount, id, optionalAmount, optionalPrice, price } from '../decoder/fields.ts';
import { present, takerSide, time, timeIfAny } from './coinbase-exchange.fields.ts';
import type { WireMatch, WireTicker } from './coinbase-exchange.wire.ts';

/** A trade: `last_match` is the newest one there was, with which a subscription begins. @throws MalformedFieldError */
export function readMatch<S extends Stream>(message: WireMatch, stream: S, sink: Sink<S>): void {
  const row = readTrade(message, '', id);
  if (message.type === 'last_match') sink.recentTrades(stream, [row]);
  else sink.trade(stream, row.exchangeTime, row.id, row.price, row.amount, row.side);
}

/** @param idOf reads the id: a number, which REST's rows are read with as text */
export function readTrade(
  row: WireMatch,
  field: string,
  idOf: (value: unknown, field: string) => string,
): TradeRow {
  return {
    id: idOf(row.trade_id, `${field}trade_id`),
    price: price(row.price, `${field}price`),
    amount: amount(row.size, `${field}size`),
    side: takerSide(row.side, `${field}side`),
    exchangeTime: time(row.time, `${field}time`),
  };
}

/** @throws MalformedFieldError */
export function readTicker<S extends Stream>(
  message: WireTicker,
  streams: readonly (S | undefined)[],
  sink: Sink<S>,
): void {
  const at = timeIfAny(present(message.time), 'time');
  const last = price(message.price, 'price');
  const open = optionalPrice(present(message.open_24h), 'open_24h');
  const high = optionalPrice(present(message.high_24h), 'high_24h');
  const low = optionalPrice(present(message.low_24h), 'low_24h');
  const baseVolume = optionalAmount(present(message.volume_24h), 'volume_24h');
  const bid = optionalPrice(present(message.best_bid), 'best_bid');
  const ask = optionalPrice(present(message.best_ask), 'best_ask');
  const row = {
    last,
    ...(open !== undefined && { open }),
    ...(high !== undefined && { high }),
    ...(low !== undefined && { low }),
    ...(baseVolume !== undefined && { baseVolume }),
    ...(bid !== undefined && { bid }),
    ...(ask !== undefined && { ask }),
  };
  for (const stream of streams) if (stream) sink.ticker(stream, at, row);
}
