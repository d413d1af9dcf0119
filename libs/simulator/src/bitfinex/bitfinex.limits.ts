/** Published limits of Bitfinex v2. */
export const CHANNELS_PER_CONNECTION = 25;
/** Of one address at one host; whoever makes more is refused for `BLOCK_MS`. */
export const CONNECTS = {
  public: { most: 20, windowMs: 60_000 },
  auth: { most: 5, windowMs: 15_000 },
} as const;
export const BLOCK_MS = 60_000;
/** A socket without a channel and without a word of its client is cut (one measurement, 2026-09). */
export const IDLE_MS = 60_000;
/** A channel on which nothing was sent for so long shows that it lives (measured). */
export const HEARTBEAT_MS = 15_000;
/** Between two checksums of a book that moves (measured). */
export const CHECKSUM_MS = 2_500;
/** Levels of each side in a checksum. */
export const CHECKED_LEVELS = 25;
/** Levels of each side that a book may have. */
export const BOOK_LENGTHS: readonly string[] = ['1', '25', '100', '250'];
/** `F1` publishes every two seconds; `F0` as soon as something changes. */
export const F1_MS = 2_000;
export const CANDLES_LIMIT = 10_000;
