/** What the tool reads of a message on the gateway's feed, version 1 (docs/feed-protocol.md). */
export type FeedMessage = DataMessage | StatusMessage | SyncedMessage;

interface Numbered {
  /** Channel, `binance trades BTC/USDT`. */
  readonly ch: string;
  /** Who numbers the channel. */
  readonly e: string;
  readonly s: number;
}

export interface DataMessage extends Numbered {
  readonly t: 'data';
  /** The message's own kind: `trade`, `quote`, `ticker`, `candle`, `snap`, `upd`, `derivatives`, `raw` … */
  readonly kind: string;
  /** Number of the message before it. */
  readonly p: number;
  /** When the gateway received it, milliseconds since the epoch. */
  readonly r: number | undefined;
  readonly d: Readonly<Record<string, unknown>>;
}

export interface StatusMessage extends Numbered {
  readonly t: 'status';
  readonly p: number;
  readonly state: string;
  readonly reason: string;
  /** Set when the exchange refuses the subscription for good. */
  readonly failure: string | undefined;
}

export interface SyncedMessage extends Numbered {
  readonly t: 'synced';
}

/** Reads one message; undefined for what version 1 does not have. */
export function readMessage(value: unknown): FeedMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { t, ch, e, s, p } = value;
  if (typeof t !== 'string' || typeof ch !== 'string' || typeof e !== 'string' || typeof s !== 'number') {
    return undefined;
  }
  if (t === 'synced') return { t, ch, e, s };
  if (typeof p !== 'number') return undefined;
  if (t === 'status') {
    const { state, reason, failure } = value;
    return {
      t,
      ch,
      e,
      s,
      p,
      state: String(state),
      reason: String(reason),
      failure: typeof failure === 'string' ? failure : undefined,
    };
  }
  const { r, d } = value;
  return {
    t: 'data',
    kind: t,
    ch,
    e,
    s,
    p,
    r: typeof r === 'number' ? r : undefined,
    d: isRecord(d) ? d : {},
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
