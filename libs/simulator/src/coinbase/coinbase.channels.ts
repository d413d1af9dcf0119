/** Channels of products, by the name they are subscribed by, and the name on their frames. */
export const PRODUCT_CHANNELS = {
  market_trades: 'market_trades',
  level2: 'l2_data',
  ticker: 'ticker',
  ticker_batch: 'ticker_batch',
  candles: 'candles',
} as const;

export type ProductChannel = keyof typeof PRODUCT_CHANNELS;

/** Of the whole exchange: products that are named with them are passed over. */
const PLATFORM_CHANNELS = ['heartbeats', 'status'] as const;

export type PlatformChannel = (typeof PLATFORM_CHANNELS)[number];
export type Channel = ProductChannel | PlatformChannel;

/** Those that want a login. */
const PRIVATE_CHANNELS: readonly string[] = ['user', 'futures_balance_summary'];

export function isProductChannel(name: string): name is ProductChannel {
  return Object.hasOwn(PRODUCT_CHANNELS, name);
}

export function isChannel(name: string): name is Channel {
  return isProductChannel(name) || (PLATFORM_CHANNELS as readonly string[]).includes(name);
}

export function isPrivate(name: string): boolean {
  return PRIVATE_CHANNELS.includes(name);
}
