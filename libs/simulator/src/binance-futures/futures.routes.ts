import { parseStreamAddress, type StreamAddress } from '../binance-platform/address.ts';
import { productOfSymbol, type Product } from './futures.product.ts';
import type { FuturesStream } from './futures.streams.ts';

/** Which streams an address carries. `legacy` is the one without a route, retired 2026-04-23. */
export type Route = 'public' | 'market' | 'private' | 'legacy' | 'all';

export interface FuturesAddress extends StreamAddress {
  readonly route: Route;
}

const ROUTES: readonly Route[] = ['public', 'market', 'private'];

/** `/public/ws`, `/market/stream?streams=…` and so on; without a route the old ones. */
export function parseRoutedAddress(path: string, query: URLSearchParams): FuturesAddress | undefined {
  const [, first = '', rest = ''] = /^\/+([^/]+)(.*)$/.exec(path) ?? [];
  const route = ROUTES.find((known) => known === first);
  const address = parseStreamAddress(route === undefined ? path : rest, query);
  return address && { ...address, route: route ?? 'legacy' };
}

/** Coin-margined futures have no routes: each socket carries everything. */
export function parsePlainAddress(path: string, query: URLSearchParams): FuturesAddress | undefined {
  const address = parseStreamAddress(path, query);
  return address && { ...address, route: 'all' };
}

/** The streams of high frequency are those of the public route. */
export function routeOf({ kind }: FuturesStream): 'public' | 'market' {
  switch (kind) {
    case 'trade':
    case 'bookTicker':
    case 'allBookTickers':
    case 'depth':
    case 'partialDepth':
      return 'public';
    default:
      return 'market';
  }
}

/**
 * A wrong route opens, acknowledges and stays silent; so does the old address, but for public streams. Of the other
 * product a host has the arrays of all markets, and candles and mark prices of single symbols.
 */
export function flowsOn(product: Product, stream: FuturesStream, { route }: FuturesAddress): boolean {
  if ('symbol' in stream && productOfSymbol(stream.symbol) !== product) {
    if (stream.kind !== 'kline' && stream.kind !== 'markPrice') return false;
  }
  if (route === 'all') return true;
  return (route === 'legacy' ? 'public' : route) === routeOf(stream);
}
