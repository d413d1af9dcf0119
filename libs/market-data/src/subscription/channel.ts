/** Kinds of data with an event of their own, in the order in which listings show them. */
export const TYPED_CHANNELS = ['trades', 'ticker', 'quotes', 'book', 'candles'] as const;

/** A kind of data with an event of its own. */
export type TypedChannel = (typeof TYPED_CHANNELS)[number];

/** Everything that can be subscribed to: kinds of data, and `raw`, whose subscriptions name a topic of the exchange. */
export const CHANNELS = [...TYPED_CHANNELS, 'raw'] as const;

/** What can be subscribed to. */
export type Channel = (typeof CHANNELS)[number];

/** Whether the text names a channel. */
export function isChannel(text: string): text is Channel {
  return (CHANNELS as readonly string[]).includes(text);
}
