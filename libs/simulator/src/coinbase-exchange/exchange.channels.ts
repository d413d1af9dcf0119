/** Channels of products that are simulated. */
const PRODUCT_CHANNELS = [
  'heartbeat',
  'ticker',
  'ticker_batch',
  'matches',
  'level2',
  'level2_batch',
] as const;

/** They exist, and nothing happens on them here. */
const SILENT_CHANNELS = ['auctionfeed', 'rfq_matches'] as const;

/** Channels that want a login. */
const PRIVATE_CHANNELS: readonly string[] = ['level2', 'level3', 'full', 'user', 'balance'];

export type ProductChannel = (typeof PRODUCT_CHANNELS)[number];
export type Channel = ProductChannel | (typeof SILENT_CHANNELS)[number] | 'status';

export function isProductChannel(name: string): name is ProductChannel {
  return (PRODUCT_CHANNELS as readonly string[]).includes(name);
}

export function isChannel(name: string): name is Channel {
  return isProductChannel(name) || name === 'status' || (SILENT_CHANNELS as readonly string[]).includes(name);
}

export function wantsLogin(name: string): boolean {
  return PRIVATE_CHANNELS.includes(name);
}
