/** What a segment of Binance publishes about itself; the twin enforces it. */
export interface BinanceLimits {
  readonly streamsPerConnection: number;
  /** Control messages, ping and pong frames together. */
  readonly messagesPerSecond: number;
  readonly connectionsPerWindow: number;
  readonly connectionWindowMs: number;
  readonly connectionLifetimeMs: number;
  readonly pingIntervalMs: number;
  readonly pongDeadlineMs: number;
  readonly requestWeightPerMinute: number;
}

/** Close code of a client that breaks a rule. */
export const POLICY_VIOLATION = 1008;
