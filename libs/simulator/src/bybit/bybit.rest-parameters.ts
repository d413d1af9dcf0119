import { isCategory, type Category } from './bybit.category.ts';
import type { Listing, Listings } from './bybit.listings.ts';
import { isKlineInterval, type KlineInterval } from './bybit.topics.ts';

/** The sheet names no code for bad parameters: one source only has this. */
const PARAMETER_ERROR = 10001;

/** A refusal in the envelope of an answer: HTTP status 200 with a `retCode` that is not 0. */
export class RestError extends Error {
  constructor(
    message: string,
    readonly retCode: number = PARAMETER_ERROR,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** The query of one request. Each method throws `RestError`. */
export class RestParameters {
  constructor(
    private readonly query: URLSearchParams,
    private readonly listings: Listings,
  ) {}

  category(): Exclude<Category, 'spread'> {
    const category = this.query.get('category');
    if (!isCategory(category) || category === 'spread') throw new RestError('params error: category invalid');
    return category;
  }

  text(name: string): string | undefined {
    return this.query.get(name) || undefined;
  }

  listing(): Listing {
    const listing = this.listings.find(this.category(), this.text('symbol') ?? '');
    if (listing === undefined) throw new RestError('params error: symbol invalid');
    return listing;
  }

  interval(): KlineInterval {
    const interval = this.text('interval') ?? '';
    if (!isKlineInterval(interval)) throw new RestError('params error: interval invalid');
    return interval;
  }

  limit(byDefault: number, most: number): number {
    const limit = this.integer('limit') ?? byDefault;
    if (limit < 1 || limit > most) throw new RestError('params error: limit invalid');
    return limit;
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,16}$/.test(text)) throw new RestError(`params error: ${name} invalid`);
    return Number(text);
  }
}
