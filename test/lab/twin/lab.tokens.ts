import type { Clock, Random, Timer } from '@exchange-stream/market-data';

/** How many of those that have ended are remembered. */
const REMEMBERED = 1000;

export interface LabToken {
  readonly text: string;
  /** Of the account that asked for it. */
  readonly key: string;
  /** Milliseconds since the epoch, by the exchange's clock. */
  readonly endsAt: number;
}

export type LabTokenEnd = 'expired' | 'revoked';

/** Tokens that open sockets: each holds for a while, and longer when it is prolonged. */
export class LabTokens {
  private readonly holding = new Map<string, LabToken>();
  /** Those that have ended: who uses one whose time was over was told when it would be. */
  private readonly ended = new Map<string, LabTokenEnd>();
  private issued = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    readonly lifetimeMs: number,
    /** Told of each that ends, however it ends. */
    private readonly onEnd: (token: string) => void,
  ) {}

  issue(key: string): LabToken {
    const noise = Math.floor(this.random.next() * 2 ** 48).toString(16);
    return this.hold(`lab-token-${++this.issued}-${noise}`, key);
  }

  /** @returns undefined for one that does not hold, or is not of this account */
  prolong(text: string, key: string): LabToken | undefined {
    return this.find(text)?.key === key ? this.hold(text, key) : undefined;
  }

  /** The token, while it holds. */
  find(text: string): LabToken | undefined {
    const token = this.holding.get(text);
    return token !== undefined && token.endsAt > this.clock.now() ? token : undefined;
  }

  /** How it ended. @returns undefined for one that holds, or was never given */
  endOf(text: string): LabTokenEnd | undefined {
    this.watch();
    return this.ended.get(text);
  }

  /** Ends what holds, before its time. @param key of the account whose tokens end; default all */
  revoke(key?: string): void {
    for (const token of [...this.holding.values()])
      if ((key ?? token.key) === token.key) this.end(token, 'revoked');
    this.watch();
  }

  /** Ends those whose time is over: also to be called when the exchange's clock was set. */
  watch(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const now = this.clock.now();
    for (const token of [...this.holding.values()]) {
      if (token.endsAt <= now) this.end(token, 'expired');
    }
    const next = Math.min(...[...this.holding.values()].map(({ endsAt }) => endsAt));
    if (next < Infinity) this.timer = this.clock.after(next - now, () => this.watch());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private hold(text: string, key: string): LabToken {
    const token = { text, key, endsAt: this.clock.now() + this.lifetimeMs };
    this.holding.set(text, token);
    this.watch();
    return token;
  }

  private end({ text }: LabToken, how: LabTokenEnd): void {
    this.holding.delete(text);
    this.ended.set(text, how);
    const [oldest] = this.ended.keys();
    if (oldest !== undefined && this.ended.size > REMEMBERED) this.ended.delete(oldest);
    this.onEnd(text);
  }
}
