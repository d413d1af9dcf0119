import type { Clock } from '@exchange-stream/market-data';
import type { RateLimit, SocketEndpoint } from '../../contract/index.ts';
import type { Budget, BudgetUse } from './budget.ts';
import { countedWindowMs } from './counted-window.ts';
import { heartbeatReserve } from './heartbeat-reserve.ts';
import { RateLimiter } from './rate-limiter.ts';
import { WaitingLine } from './waiting-line.ts';

/** What an exchange counts by address. */
export type AddressUse = 'connects' | 'requests';

/** How everything that an exchange counts by address is used; messages where they are counted so. */
export type AddressBudgets = Readonly<Partial<Record<AddressUse | 'messages', BudgetUse>>>;

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
  /** What is used at this moment, to look at. Left out by a provider that cannot tell at once. */
  usage?(exchange: string): AddressBudgets;
}

/** Those who wait for one kind of use, and the limits that they share, by their windows. */
interface SharedLine {
  readonly line: WaitingLine;
  readonly limiters: Map<string, RateLimiter>;
}

/** Budgets shared by everything in this process. */
export class InProcessBudgets implements BudgetProvider {
  private readonly exchanges = new Map<string, Map<AddressUse | 'messages', SharedLine>>();

  constructor(private readonly clock: Clock) {}

  connects(exchange: string, windows: readonly RateLimit[]): Budget {
    return this.shared(exchange, 'connects', windows);
  }

  requests(exchange: string, limit: RateLimit): Budget {
    return this.shared(exchange, 'requests', [limit]);
  }

  messages(exchange: string, { limits, heartbeat }: Pick<SocketEndpoint, 'limits' | 'heartbeat'>): Budget {
    const { messages, messagesPerAddress } = limits;
    const own = new RateLimiter(
      messages.safe,
      countedWindowMs(messages.windowMs),
      this.clock,
      heartbeatReserve(messages, heartbeat),
    );
    // A connection that shares nothing needs to wait with nobody.
    if (!messagesPerAddress) return new WaitingLine(this.clock).budget([own]);
    return this.shared(exchange, 'messages', [messagesPerAddress], own);
  }

  stop(exchange: string, uses: readonly AddressUse[], durationMs: number): void {
    for (const use of uses) this.of(exchange, use).line.stop(durationMs);
  }

  usage(exchange: string): AddressBudgets {
    const usage: Partial<Record<AddressUse | 'messages', BudgetUse>> = {};
    for (const [use, { line, limiters }] of this.exchanges.get(exchange) ?? []) {
      const shares = [...limiters.values()].map(({ share }) => share);
      usage[use] = { used: Math.max(0, ...shares), waiting: line.waiting };
    }
    return usage;
  }

  /** A budget of the limits by address, together with a connection's own. */
  private shared(
    exchange: string,
    use: AddressUse | 'messages',
    windows: readonly RateLimit[],
    ...own: readonly RateLimiter[]
  ): Budget {
    const { line, limiters } = this.of(exchange, use);
    const shared = windows.map(({ safe, windowMs }) =>
      kept(
        limiters,
        `${safe}/${windowMs}`,
        () => new RateLimiter(safe, countedWindowMs(windowMs), this.clock),
      ),
    );
    return line.budget([...own, ...shared]);
  }

  private of(exchange: string, use: AddressUse | 'messages'): SharedLine {
    const uses = kept(this.exchanges, exchange, () => new Map<AddressUse | 'messages', SharedLine>());
    return kept(uses, use, () => ({ line: new WaitingLine(this.clock), limiters: new Map() }));
  }
}

function kept<K, T>(map: Map<K, T>, key: K, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
