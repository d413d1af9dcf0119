import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';

export type Level = readonly [price: string, amount: string];

/** What one frame changes in one book. */
export interface BookChange {
  /** Native symbol. */
  readonly book: string;
  /** Numbers of the first and the last change. */
  readonly first: number;
  readonly last: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface WholeBook {
  readonly sequence: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** What a frame says, as far as tests can tell whether it was understood. */
export interface Meaning {
  readonly topic: string;
  readonly change?: BookChange;
  /** Of a trade; ids count up. */
  readonly tradeId?: number;
}

/** How far a later round of a recording is from the first one. */
export interface Shift {
  readonly timeMs: number;
  /** By how much the numbers of a book are ahead. */
  sequence(book: string): number;
  /** The last number of a book before the round: what is not beyond is not told again. */
  before(book: string): number;
  /** By how much the ids of the trades of a topic are ahead. */
  tradeId(topic: string): number;
}

/**
 * How an exchange's recorded frames are read and written by tests: naively, and with no code of the adapter, so that both
 * cannot be wrong in the same way.
 */
export interface ReferenceReader {
  /** Path of the recorded session, and of its answers by HTTP. */
  readonly session: string;
  readonly http: string;
  adapter(): ExchangeAdapter;
  /** undefined where it is not of the exchange's format: then nothing may come of it. */
  meaning(frame: string): Meaning | undefined;
  /** The same frame in a later round. */
  shifted(frame: string, shift: Shift): string;
  /** A frame that tells of a change, after one of the same topic. */
  frameOf(change: BookChange, topic: string, timeMs: number): string;
  /** undefined where the body is not a whole book. */
  wholeBook(body: string): WholeBook | undefined;
  bodyOf(book: WholeBook): string;
  /** Whether a recorded or asked URL is about what the exchange trades, or a book. */
  question(url: URL): 'instruments' | { readonly book: string; readonly limit: number } | undefined;
  /** The recorded answer, without the instruments that no topic is of. */
  instruments(body: string, symbols: readonly string[]): string;
  /** What a user subscribes to be told of a topic. */
  subscription(topic: string, instruments: string): SubscriptionRequest;
  /** What a client asks for on its socket, and how that is confirmed. */
  request(message: string): {
    readonly subscribe: readonly string[];
    readonly unsubscribe: readonly string[];
    readonly reply: string;
  };
}
