import type { Channel } from '@exchange-stream/market-data';

/** What one exchange has sent since the start. */
export interface ExchangeCounters {
  readonly frames: number;
  readonly bytes: number;
  readonly reconnects: number;
  /** Topics that fell silent on a living connection and were asked for again. */
  readonly resubscribes: number;
  /** Events built, by channel. */
  readonly events: Readonly<Partial<Record<Channel, number>>>;
  /** Frames that are known and of no use, by name. */
  readonly ignored: ReadonlyMap<string, number>;
  readonly unhandled: number;
  readonly rejected: number;
  readonly undecodable: number;
  readonly gaps: number;
  /** Newest distance from the exchange's time to ours in milliseconds, clocks uncorrected, by channel. */
  readonly lagMs: Readonly<Partial<Record<Channel, number>>>;
}
