import type { PlatformState } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  decimal,
  integer,
  object,
  price,
  text,
  type WireObject,
} from './lab.fields.ts';

const STATES: Readonly<Record<string, PlatformState>> = {
  planned: 'scheduled',
  on: 'ongoing',
  done: 'completed',
};

/** What has changed of mark price, funding and greeks; of what is not there, nothing has. */
export function readValues<S extends Stream>(row: WireObject, time: number, stream: S, sink: Sink<S>): void {
  const derivatives = {
    ...(row.mark !== undefined && { markPrice: price(row.mark, 'mark') }),
    ...(row.index !== undefined && { indexPrice: price(row.index, 'index') }),
    ...(row.funding !== undefined && { fundingRate: decimal(row.funding, 'funding') }),
    ...(row.nextFunding !== undefined && { nextFundingTime: integer(row.nextFunding, 'nextFunding') }),
    ...(row.open !== undefined && { openInterest: amount(row.open, 'open') }),
  };
  const option = {
    ...(row.iv !== undefined && { markImpliedVolatility: decimal(row.iv, 'iv') }),
    ...(row.delta !== undefined && { delta: decimal(row.delta, 'delta') }),
  };
  if (Object.keys(derivatives).length > 0) sink.derivatives(stream, time, derivatives);
  if (Object.keys(option).length > 0) sink.option(stream, time, option);
}

export function readLiquidation<S extends Stream>(value: unknown, stream: S, sink: Sink<S>): void {
  const row = object(value, 'liquidation');
  const position = text(row.position, 'position');
  if (position !== 'long' && position !== 'short')
    throw new MalformedFieldError('position', 'long or short', position);
  sink.liquidation(stream, integer(row.time, 'time'), {
    // The sheet names the side of the position.
    side: position === 'long' ? 'sell' : 'buy',
    price: price(row.price, 'price'),
    priceKind: 'bankruptcy',
    amount: amount(row.amount, 'amount'),
  });
}

export function readNotice<S extends Stream>(value: unknown, time: number, stream: S, sink: Sink<S>): void {
  const row = object(value, 'notice');
  const written = text(row.state, 'state');
  const state = Object.hasOwn(STATES, written) ? STATES[written] : undefined;
  if (state === undefined) throw new MalformedFieldError('state', Object.keys(STATES).join(', '), written);
  sink.platformStatus(stream, time, {
    id: text(row.id, 'id'),
    state,
    text: text(row.text, 'text'),
    begin: integer(row.begin, 'begin'),
    end: integer(row.end, 'end'),
  });
}
