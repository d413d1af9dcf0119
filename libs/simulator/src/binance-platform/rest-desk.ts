import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { RequestWeight } from './request-weight.ts';
import { RestError, RestParameters } from './rest-parameters.ts';

/** One path that REST answers. */
export interface Endpoint {
  /** What a request costs, by its query. */
  readonly weight: (query: URLSearchParams) => number;
  readonly answer: (parameters: RestParameters) => unknown;
  /** Default `GET`. */
  readonly method?: string;
  /** A pool of its own, in place of the weight of the address. */
  readonly pool?: RequestWeight;
}

/** What one segment serves by REST. */
export interface RestService {
  /** What each address used; several segments may count in one. */
  readonly weight: RequestWeight;
  /** By method and path, such as `GET /api/v3/depth`. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly books: RestBooks;
  /** The symbols it knows. */
  find(symbol: string): InstrumentMarket | undefined;
  readonly markets: () => readonly InstrumentMarket[];
}

/** How books are served. */
export interface RestBooks {
  readonly path: string;
  readonly largestLimit: number;
  readonly defaultLimit: number;
  /** The best levels of a book as they stand. */
  readonly body: (market: InstrumentMarket, levels: number) => object;
}

const TOO_MUCH_WEIGHT = -1003;
/** Who goes on asking after so many refusals within a window is banned until it ends. */
const REFUSALS_BEFORE_BAN = 20;

/** The frame of REST on all of Binance: weights, errors, bans. */
export class RestDesk {
  private readonly weight: RequestWeight;
  private readonly refusals: RequestWeight;

  constructor(
    private readonly clock: Clock,
    private readonly violations: ViolationLog,
    private readonly service: RestService,
  ) {
    this.weight = service.weight;
    this.refusals = new RequestWeight(clock, REFUSALS_BEFORE_BAN);
  }

  respond(request: RestRequest): RestResponse {
    const endpoint = this.service.endpoints.get(`${request.method} ${request.path}`);
    const pool = endpoint?.pool ?? this.weight;
    const used = pool.add(request.address, endpoint?.weight(request.query) ?? 1);
    const headers = { 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) };
    if (used > pool.limit) return this.refuse(request, used, pool, headers);
    if (endpoint === undefined) {
      const detail = `${request.method} ${request.path} is not served by the simulated exchange.`;
      return json(404, { code: -1, msg: detail }, headers);
    }
    try {
      return json(200, endpoint.answer(this.parameters(request.query)), headers);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return json(400, { code: error.code, msg: error.message }, headers);
    }
  }

  /** What Binance sends along with an HTTP error: -1003 for limits and bans, -1000 for what it cannot explain. */
  error(status: number): string {
    if (status !== 429 && status !== 418)
      return JSON.stringify({ code: -1000, msg: 'An unknown error occurred.' });
    const msg = 'Way too much request weight used; please use WebSocket Streams to avoid bans.';
    return JSON.stringify({ code: TOO_MUCH_WEIGHT, msg });
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const { path: bookPath, largestLimit, defaultLimit, body } = this.service.books;
    const books = new Map(this.service.markets().map((market) => [market, body(market, largestLimit)]));
    return ({ path, query }) => {
      if (path !== bookPath) return undefined;
      const asked = this.parameters(query);
      const book = books.get(asked.symbol());
      return book && JSON.stringify(book, firstLevels(asked.limit(defaultLimit, largestLimit)));
    };
  }

  private parameters(query: URLSearchParams): RestParameters {
    return new RestParameters(query, (symbol) => this.service.find(symbol));
  }

  private refuse(
    request: RestRequest,
    used: number,
    pool: RequestWeight,
    headers: Record<string, string>,
  ): RestResponse {
    const detail = `weight ${used} within ${pool.windowSeconds} s, ${pool.limit} are allowed`;
    this.violations.add({ rule: 'request-weight', address: request.address, detail });
    const retryAfter = { ...headers, 'retry-after': String(pool.secondsToReset) };
    if (this.refusals.add(request.address, 1) > REFUSALS_BEFORE_BAN) {
      const until = this.clock.now() + pool.secondsToReset * 1000;
      const msg = `Way too much request weight used; IP banned until ${until}. Please use WebSocket Streams for live updates to avoid bans.`;
      return json(418, { code: TOO_MUCH_WEIGHT, msg }, retryAfter);
    }
    const msg =
      `Too much request weight used; current limit is ${pool.limit} request weight per 1 MINUTE. ` +
      'Please use WebSocket Streams for live updates to avoid polling the API.';
    return json(429, { code: TOO_MUCH_WEIGHT, msg }, retryAfter);
  }
}

/** Cuts the sides of a book to so many levels while it becomes text. */
function firstLevels(limit: number): (key: string, value: unknown) => unknown {
  return (key, value) =>
    (key === 'bids' || key === 'asks') && Array.isArray(value) ? value.slice(0, limit) : value;
}

export function always(weight: number): Endpoint['weight'] {
  return () => weight;
}

function json(status: number, body: unknown, headers: Record<string, string>): RestResponse {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(body),
  };
}
