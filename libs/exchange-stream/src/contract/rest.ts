import type { Instrument, SubscriptionParams } from '@exchange-stream/market-data';
import type { BalanceRow, FillRow, OrderRow, PositionRow } from './account-rows.ts';
import type { BookSeed } from './book.ts';
import type { CandleRow } from './candle.ts';
import type { Environment, NamedRateLimit, RequestLimit } from './endpoint.ts';
import type { Credentials, NonceMeans } from './session.ts';
import type { TradesOperation } from './trades.ts';

/** One call as the exchange wants it. */
export interface RestRequest {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query behind the base URL, with leading slash. */
  readonly path: string;
  /** What the call costs in the exchange's request budget. */
  readonly weight: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What identifies an instrument to its exchange. */
export interface ListedSymbol {
  readonly nativeSymbol: string;
  /** Where the exchange has categories (`ExchangeAdapter.categories`). */
  readonly category?: string;
}

/** A REST call that streaming needs: built, read, and recognised in a recording. */
export interface RestOperation<Query, Result> {
  readonly isSigned?: false;
  /**
   * Whether asking twice does no more than asking once, so that it may be asked again where no answer came. Default: that
   * is so of `GET`.
   */
  readonly isIdempotent?: boolean;
  /** A limit that this operation has beside that of all requests, alone or with others that name it alike. */
  readonly limit?: NamedRateLimit;
  request(query: Query): RestRequest;
  /**
   * Reads the body of a successful answer.
   * @param reject takes the reason for every row that breaks the exchange's format; the other rows count
   * @throws when the body as a whole is not what the exchange promises
   */
  parse(body: string, query: Query, reject: (reason: string) => void): Result;
  /** Whether a recorded URL, retired forms included, is a call of this operation, and for which instrument. */
  recognise(url: URL): Partial<ListedSymbol> | undefined;
}

/** What a signed request is made of, beside what it asks for. */
export interface Signing extends NonceMeans {
  /** Whose call it is. */
  readonly credentials: Credentials;
  /** The time of the exchange as far as known, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A REST call in the name of an account. */
export interface SignedOperation<Query, Result> extends Omit<
  RestOperation<Query, Result>,
  'isSigned' | 'request'
> {
  readonly isSigned: true;
  /**
   * Built anew, with the time and a nonce of that moment, each time that it is sent, and whenever it had to wait: what has
   * waited may be too old. Its weight is that of the query alone.
   */
  request(query: Query, signing: Signing): RestRequest;
}

/** An answer as it came, whatever its status. */
export interface RestAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What the exchange has against the signature of a call, which it has not carried out then. `credentials`: the account does
 * not show them there again until they change. `time`: it is too far from the exchange's, whose clock is read again before
 * one more try. `nonce`: it was not larger than all before it; one more try has a larger one.
 */
export type SigningRefusal = 'credentials' | 'time' | 'nonce';

export interface BookSeedQuery extends ListedSymbol {
  readonly depth: number;
}

export interface CandlesQuery extends ListedSymbol {
  readonly interval: string;
  /** Further parameters of the channel. */
  readonly params?: SubscriptionParams;
  /** First open time, milliseconds since the epoch. */
  readonly from?: number;
  /** Last open time, milliseconds since the epoch. */
  readonly to?: number;
  readonly limit: number;
  /** The time of the exchange as it asks, milliseconds since the epoch; where old candles are elsewhere than new ones. */
  readonly asOf?: number;
}

export interface FillsQuery {
  /** The newest fill that is known: those after it are asked for, oldest first; without it, the newest there are. */
  readonly after?: { readonly id: string; readonly nativeSymbol: string; readonly time?: number };
  /** Fills at most. */
  readonly limit: number;
}

/** What accounts can be asked for, in the words of the private channels. */
export interface AccountOperations {
  /** All open orders. */
  readonly orders?: SignedOperation<void, readonly OrderRow[]>;
  readonly balances?: SignedOperation<void, readonly BalanceRow[]>;
  readonly positions?: SignedOperation<void, readonly PositionRow[]>;
  /** In the order in which they came to be; what was told before may be told again. */
  readonly fills?: SignedOperation<FillsQuery, readonly FillRow[]>;
}

/** Which of its instruments an exchange is asked for. */
export interface InstrumentsQuery {
  /** One of `InstrumentsOperation.parts`, where there are any. */
  readonly part?: string;
  /** Where the page begins, as `InstrumentsOperation.nextPage` said; the first one without it. */
  readonly cursor?: string;
}

/**
 * Asks for the instruments. Where no single call has them all they come in parts, in pages, or both; a list counts once
 * each of its calls was answered.
 */
export interface InstrumentsOperation extends RestOperation<InstrumentsQuery | void, readonly Instrument[]> {
  /** What is asked for one by one: `spot`, `linear`. */
  readonly parts?: readonly string[];
  /** Where the page behind the one in this body begins; undefined where that was the last one. */
  nextPage?(body: string): string | undefined;
}

/** The few REST operations that streaming needs. */
export interface RestDeclaration {
  /** Base URLs, preferred first: scheme, host, port. Users override these. */
  readonly baseUrls: Readonly<Record<Environment, readonly string[]>>;
  /** Weighted requests per exchange and address. */
  readonly requests: RequestLimit;
  /**
   * How much weight of that limit our address has used up, by whomever, as an answer tells by its headers (names in lower
   * case); undefined where one does not.
   */
  readonly usedWeight?: (headers: Readonly<Record<string, string>>) => number | undefined;
  /**
   * For how long an answer, of whatever status, wants us to ask nothing more over REST, in milliseconds, where the exchange
   * does not say it by `Retry-After` or by the statuses 429 and 418.
   */
  readonly stopAfter?: (answer: RestAnswer) => number | undefined;
  /**
   * What an answer to a signed call has against its signature; asked of every such answer, as some exchanges refuse with
   * status 200. Default: 401 and 403 are about the credentials.
   */
  readonly signingRefusal?: (answer: RestAnswer) => SigningRefusal | undefined;
  readonly instruments: InstrumentsOperation;
  readonly bookSeed?: RestOperation<BookSeedQuery, BookSeed>;
  readonly candles?: RestOperation<CandlesQuery, readonly CandleRow[]>;
  /** For trades that were missed. */
  readonly trades?: TradesOperation;
  /** For private channels: what begins without a snapshot on the stream, and fills that were missed. */
  readonly account?: AccountOperations;
  /** Milliseconds since the epoch. */
  readonly serverTime?: RestOperation<void, number>;
}
