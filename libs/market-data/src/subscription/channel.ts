/** Kinds of market data with an event of their own, in the order in which listings show them. */
export const TYPED_CHANNELS = [
  'trades',
  'ticker',
  'quotes',
  'book',
  'candles',
  'derivatives',
  'liquidations',
  'options',
  'status',
] as const;

/** A kind of market data with an event of its own. */
export type TypedChannel = (typeof TYPED_CHANNELS)[number];

/** What anybody may see: kinds of market data, and `raw`, whose subscriptions name a topic of the exchange. */
export const PUBLIC_CHANNELS = [...TYPED_CHANNELS, 'raw'] as const;

/** What anybody may see. */
export type PublicChannel = (typeof PUBLIC_CHANNELS)[number];

/** What only the owner of an account sees; each is of a whole account and names no symbol. */
export const PRIVATE_CHANNELS = ['orders', 'fills', 'balances', 'positions'] as const;

/** What only the owner of an account sees. */
export type PrivateChannel = (typeof PRIVATE_CHANNELS)[number];

/** Everything that can be subscribed to. */
export const CHANNELS = [...PUBLIC_CHANNELS, ...PRIVATE_CHANNELS] as const;

/** What can be subscribed to. */
export type Channel = (typeof CHANNELS)[number];

/** Whether the text names a channel. */
export function isChannel(text: string): text is Channel {
  return (CHANNELS as readonly string[]).includes(text);
}

/** Whether the channel is of an account, and not of a market. */
export function isPrivateChannel(channel: Channel): channel is PrivateChannel {
  return (PRIVATE_CHANNELS as readonly string[]).includes(channel);
}

/** Of a whole account, or of the whole exchange: its subscriptions name no symbol. */
export type SymbollessChannel = PrivateChannel | 'status';

/** Whether subscriptions to the channel name no symbol. */
export function hasNoSymbol(channel: Channel): channel is SymbollessChannel {
  return channel === 'status' || isPrivateChannel(channel);
}

/** Whether the text names a channel that anybody may see. */
export function isPublicChannel(text: string): text is PublicChannel {
  return (PUBLIC_CHANNELS as readonly string[]).includes(text);
}
