/**
 * The paths between which the exchange divided its streams in 2026. A topic that is asked for on the wrong one is confirmed
 * like any other, and silent for ever.
 */
export type Route = 'public' | 'market';

/** What stands behind the `@` of the streams of high frequency. */
const HIGH_FREQUENCY = /^(?:bookTicker|trade|depth(?:5|10|20)?(?:@\d+ms)?|rpiDepth(?:@\d+ms)?)$/;

/**
 * The path that a stream of this name is on. `public` has best prices, books and single trades; `market` has all else:
 * aggregated trades, candles, statistics, mark and index prices, liquidations, contracts.
 *
 * Source: Binance derivatives documentation, "WebSocket market streams", state 2026-10; in force since 2026-04-23.
 */
export function routeOf(topic: string): Route {
  if (topic === '!bookTicker') return 'public';
  return HIGH_FREQUENCY.test(topic.slice(topic.indexOf('@') + 1)) && topic.includes('@')
    ? 'public'
    : 'market';
}
