/** Kinds of data, in the order in which listings show them. */
export const CHANNELS = ['trades', 'ticker', 'quotes', 'book', 'candles'] as const;

/** A kind of data that can be subscribed to. */
export type Channel = (typeof CHANNELS)[number];

/** Whether the text names a channel. */
export function isChannel(text: string): text is Channel {
  return (CHANNELS as readonly string[]).includes(text);
}
