import type { Clock } from '@exchange-stream/market-data';
import type { MarketListener, InstrumentMarket } from '../market/instrument-market.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';
import type { DecimalPlaces } from '../market/increment.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ViolationLog } from '../violation-log.ts';
import type { StreamAddress } from './address.ts';
import type { BinanceLimits } from './limits.ts';
import type { RestDesk } from './rest-desk.ts';
import type { StreamIndex } from './stream-index.ts';

/**
 * One segment of Binance (spot, futures of either kind): what it has of its own on the platform that all share. Control
 * protocol, connections, faults and the frame of REST are the same.
 */
export interface BinanceSegment<S, A extends StreamAddress> {
  readonly id: string;
  readonly limits: BinanceLimits;
  readonly names: StreamNames<S, A>;
  /** Everything it can list. @param now milliseconds since the epoch: dated symbols depend on it */
  instruments(now: number): readonly SimulatedInstrument[];
  /** How prices and amounts are printed; without it, with the digits of their increments. */
  readonly places?: DecimalPlaces;
  /** By how much the id of a book grows with each change. Default 1. */
  readonly updateIdStep?: number;
  /** Whether errors of control requests stand in an object of their own: both shapes exist. Default no. */
  readonly nestsErrors?: boolean;
  publisher(clock: Clock, streams: StreamIndex<S, A>): Publisher;
  rest(clock: Clock, market: SeededMarket, violations: ViolationLog): RestDesk;
  /** A stream is about to flow: what it is made of has to run by then. */
  prepare?(stream: S, market: SeededMarket, now: number): void;
  /** The announcement that the exchange goes down, as name and payload of a stream. Absent where it announces nothing. */
  shutdownNotice?(asked: A, now: number): { readonly name: string; readonly payload: unknown };
}

/** How addresses and names of streams are read. */
export interface StreamNames<S, A extends StreamAddress> {
  /** @returns undefined for a path that no socket is served at */
  address(path: string, query: URLSearchParams): A | undefined;
  /** @returns undefined for what is not streamed, and acknowledged in silence all the same */
  parse(name: string): S | undefined;
  /** Whether who connected to this address receives the stream; it is acknowledged all the same. */
  flows(stream: S, asked: A): boolean;
  /** The symbol by whose market the stream is told; empty for a stream of many. */
  symbolOf(stream: S): string;
  /** The symbol whose book the frames of a stream carry, and the field of its bids; undefined without a book. */
  bookOf(stream: S): { readonly symbol: string; readonly bids: 'b' | 'bids' } | undefined;
}

/** Turns what happens in the market into frames. */
export interface Publisher extends MarketListener {
  start(market: SeededMarket): void;
  stop(): void;
  /** The changes of a book are counted anew: what is pending goes out by the old numbers. */
  countAnew(market: InstrumentMarket): void;
}
