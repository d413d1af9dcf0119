import type { Clock } from '@exchange-stream/market-data';
import type { RateLimit, SocketEndpoint } from '../../contract/index.ts';
import type { Budget } from './budget.ts';
import { heartbeatReserve } from './heartbeat-reserve.ts';
import { RateLimiter } from './rate-limiter.ts';
import { WaitingLine } from './waiting-line.ts';

/** What an exchange counts by address. */
export type AddressUse = 'connects' | 'requests';

/**
 * Hands out the budgets that everything talking to one exchange from one address must share: connection attempts, REST
 * weight, and messages where they are counted by address. Replace it to share them across processes.
 */
export interface BudgetProvider {
  /** Connection attempts. Endpoints that declare the same windows share them. */
  connects(exchange: string, windows: readonly RateLimit[]): Budget;
  /** REST requests. */
  requests(exchange: string, limit: RateLimit): Budget;
  /** Messages over one connection, by limits of its own and those of its address; another call is another connection. */
  messages(exchange: string, endpoint: Pick<SocketEndpoint, 'limits' | 'heartbeat'>): Budget;
  /** The exchange has told us to stop: nothing of the named kinds is granted for so long. */
  stop(exchange: string, uses: readonly AddressUse[], durationMs: number): void;
}

/** Budgets shared by everything in this process. */
export class InProcessBudgets implements BudgetProvider {
  private readonly lines = new Map<string, WaitingLine>();
  private readonly limiters = new Map<string, RateLimiter>();

  constructor(private readonly clock: Clock) {}

  connects(exchange: string, windows: readonly RateLimit[]): Budget {
    const limiters = windows.map((window) => this.shared(exchange, 'connects', window));
    return this.line(exchange, 'connects').budget(limiters);
  }

  requests(exchange: string, limit: RateLimit): Budget {
    return this.line(exchange, 'requests').budget([this.shared(exchange, 'requests', limit)]);
  }

  messages(exchange: string, { limits, heartbeat }: Pick<SocketEndpoint, 'limits' | 'heartbeat'>): Budget {
    const { messages, messagesPerAddress } = limits;
    const own = new RateLimiter(
      messages.safe,
      messages.windowMs,
      this.clock,
      heartbeatReserve(messages, heartbeat),
    );
    // A connection that shares nothing needs to wait with nobody.
    if (!messagesPerAddress) return new WaitingLine(this.clock).budget([own]);
    return this.line(exchange, 'messages').budget([
      own,
      this.shared(exchange, 'messages', messagesPerAddress),
    ]);
  }

  stop(exchange: string, uses: readonly AddressUse[], durationMs: number): void {
    for (const use of uses) this.line(exchange, use).stop(durationMs);
  }

  private line(exchange: string, use: AddressUse | 'messages'): WaitingLine {
    return kept(this.lines, `${exchange} ${use}`, () => new WaitingLine(this.clock));
  }

  private shared(exchange: string, use: string, { safe, windowMs }: RateLimit): RateLimiter {
    const key = `${exchange} ${use} ${safe}/${windowMs}`;
    return kept(this.limiters, key, () => new RateLimiter(safe, windowMs, this.clock));
  }
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
