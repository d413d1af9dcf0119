import type { Clock } from '@exchange-stream/market-data';
import type {
  MessageLimit,
  NamedRateLimit,
  RateLimit,
  RequestLimit,
  SocketEndpoint,
} from '../../contract/index.ts';
import { InvalidOptionsError } from '../errors.ts';
import type { Budget, BudgetUse, MessageBudget } from './budget.ts';
import { countedWindowMs } from './counted-window.ts';
import { heartbeatReserve } from './heartbeat-reserve.ts';
import { RateLimiter } from './rate-limiter.ts';
import { WaitingLine } from './waiting-line.ts';

/** What an exchange counts by address. */
export type AddressUse = 'connects' | 'requests';

/** The same, and messages where they are counted so. */
export type CountedUse = AddressUse | 'messages';

/** How everything that an exchange counts by address is used; messages where they are counted so. */
export type AddressBudgets = Readonly<Partial<Record<CountedUse, BudgetUse>>>;

/** What of an endpoint says how it is counted. */
type Counted = Pick<SocketEndpoint, 'limits' | 'heartbeat' | 'countedAsRequests'>;

/**
 * Hands out the budgets that everything talking to one exchange from one address must share: connection attempts, REST
 * weight, and messages where they are counted by address. Replace it to share them across processes.
 */
export interface BudgetProvider {
  /** Connection attempts. Endpoints that declare the same windows share them. */
  connects(exchange: string, endpoint: Omit<Counted, 'heartbeat'>): Budget;
  /**
   * REST requests, by the limit of all of them and by one that only some operations have. Exchanges whose limits name the
   * same pool share both.
   */
  requests(exchange: string, limit: RequestLimit, ofOperation?: NamedRateLimit): Budget;
  /**
   * Messages over one connection, by limits of its own, those of its account and those of its address; another call is
   * another connection.
   * @param account whose connection it is, where it logs in
   */
  messages(exchange: string, endpoint: Counted, account?: string): MessageBudget;
  /** The exchange says how much weight of REST requests our address has used in the window that ends now, by whomever. */
  counted?(exchange: string, limit: RequestLimit, used: number): void;
  /** The exchange has told us to stop: nothing of the named kinds is granted for so long. */
  stop(exchange: string, uses: readonly CountedUse[], durationMs: number): void;
  /** What is used at this moment, to look at. Left out by a provider that cannot tell at once. */
  usage?(exchange: string): AddressBudgets;
}

/** One kind of use, and the limits behind it. */
interface SharedUse {
  /** Limits nothing, but for as long as the exchange wants us to stop. */
  readonly gate: RateLimiter;
  /** By window, and by what it is a limit of. */
  readonly limiters: Map<string, RateLimiter>;
  waiting: number;
}

/** What one exchange counts over several connections waits in one line, as some of it may be counted together. */
interface ExchangeBudgets {
  readonly line: WaitingLine;
  readonly uses: Map<CountedUse, SharedUse>;
}

/** Budgets shared by everything in this process. */
export class InProcessBudgets implements BudgetProvider {
  /** By exchange, and by what several of them share. */
  private readonly exchanges = new Map<string, ExchangeBudgets>();
  /** Whose requests the exchange counts together with those of others: what they share. */
  private readonly pools = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  connects(exchange: string, { limits, countedAsRequests }: Omit<Counted, 'heartbeat'>): Budget {
    if (countedAsRequests) this.join(exchange, countedAsRequests.limit);
    const windows = limits.connects.map((window) => this.limiter(exchange, 'connects', window));
    return this.budget(exchange, 'connects', windows, countedAsRequests, countedAsRequests?.connect);
  }

  requests(exchange: string, limit: RequestLimit, ofOperation?: NamedRateLimit): Budget {
    this.join(exchange, limit);
    const limiters = [this.limiter(exchange, 'requests', limit)];
    if (ofOperation) limiters.push(this.limiter(exchange, 'requests', ofOperation, ofOperation.name));
    return this.budget(exchange, 'requests', limiters);
  }

  messages(
    exchange: string,
    { limits, heartbeat, countedAsRequests }: Counted,
    account?: string,
  ): MessageBudget {
    if (countedAsRequests) this.join(exchange, countedAsRequests.limit);
    const { messages, messagesPerAddress, ofKinds = {} } = limits;
    const windowMs = countedWindowMs(messages.windowMs);
    const own = new RateLimiter(messages.safe, windowMs, this.clock, heartbeatReserve(messages, heartbeat));
    const sharesKinds = Object.values(ofKinds).some(({ per }) => per !== 'connection');
    let create: (limiters: readonly RateLimiter[]) => Budget;
    if (messagesPerAddress || countedAsRequests?.message || sharesKinds) {
      const shared = messagesPerAddress ? [this.limiter(exchange, 'messages', messagesPerAddress)] : [];
      create = (limiters) =>
        this.budget(
          exchange,
          'messages',
          [...limiters, ...shared],
          countedAsRequests,
          countedAsRequests?.message,
        );
    } else {
      // A connection that shares nothing needs to wait with nobody.
      const line = new WaitingLine(this.clock);
      create = (limiters) => line.budget(limiters);
    }
    const kinds = new Map(
      Object.entries(ofKinds).map(([name, limit]) => [
        name,
        create([own, this.ofKind(exchange, name, limit, account)]),
      ]),
    );
    return {
      ...create([own]),
      ofKind: (name) => {
        const budget = kinds.get(name);
        if (budget) return budget;
        throw new InvalidOptionsError(
          `limit: got ${JSON.stringify(name)}. Allowed: ${[...kinds.keys()].join(', ') || 'none'}.`,
        );
      },
    };
  }

  stop(exchange: string, uses: readonly CountedUse[], durationMs: number): void {
    for (const use of uses) this.use(exchange, use).gate.stop(durationMs);
  }

  counted(exchange: string, limit: RequestLimit, used: number): void {
    this.join(exchange, limit);
    this.limiter(exchange, 'requests', limit).correct(used, limit.windowMs);
  }

  usage(exchange: string): AddressBudgets {
    const usage: Partial<Record<CountedUse, BudgetUse>> = {};
    const uses = new Map(this.exchanges.get(exchange)?.uses);
    const pool = this.pools.get(exchange);
    const shared = pool === undefined ? undefined : this.exchanges.get(pool)?.uses.get('requests');
    if (shared) uses.set('requests', shared);
    for (const [use, { limiters, waiting }] of uses) {
      const shares = [...limiters.values()].map(({ share }) => share);
      if (shares.length > 0) usage[use] = { used: Math.max(...shares), waiting };
    }
    return usage;
  }

  /** @param times how many times its weight a use costs of the requests' limit, where the exchange counts it among them */
  private budget(
    exchange: string,
    kind: CountedUse,
    limiters: readonly RateLimiter[],
    countedAsRequests?: { readonly limit: RateLimit },
    times = 0,
  ): Budget {
    const use = this.use(exchange, kind);
    const all = [use.gate, ...limiters];
    const rates = new Map<RateLimiter, number>();
    let { line } = this.of(this.owner(exchange, kind));
    if (countedAsRequests && times > 0) {
      ({ line } = this.of(this.owner(exchange, 'requests')));
      const requests = this.limiter(exchange, 'requests', countedAsRequests.limit);
      all.push(this.use(exchange, 'requests').gate, requests);
      rates.set(requests, times);
    }
    return line.budget(all, rates, (change) => (use.waiting += change));
  }

  private ofKind(exchange: string, name: string, limit: MessageLimit, account = ''): RateLimiter {
    const { per, safe, windowMs } = limit;
    if (per === 'connection') return new RateLimiter(safe, countedWindowMs(windowMs), this.clock);
    // No name holds a line feed: neither can pass for the other.
    return this.limiter(exchange, 'messages', limit, per === 'account' ? `${account}\n${name}` : name);
  }

  private limiter(exchange: string, use: CountedUse, { safe, windowMs }: RateLimit, name = ''): RateLimiter {
    const { limiters } = this.use(exchange, use);
    return kept(
      limiters,
      `${name} ${safe}/${windowMs}`,
      () => new RateLimiter(safe, countedWindowMs(windowMs), this.clock),
    );
  }

  private use(exchange: string, use: CountedUse): SharedUse {
    return kept(this.of(this.owner(exchange, use)).uses, use, () => ({
      gate: new RateLimiter(Infinity, 0, this.clock),
      limiters: new Map(),
      waiting: 0,
    }));
  }

  private join(exchange: string, { pool }: RequestLimit): void {
    // No id of an exchange holds a line feed.
    if (pool !== undefined) this.pools.set(exchange, `pool\n${pool}`);
  }

  /** Who counts it: the exchange, or what it shares with others. */
  private owner(exchange: string, use: CountedUse): string {
    return (use === 'requests' ? this.pools.get(exchange) : undefined) ?? exchange;
  }

  private of(exchange: string): ExchangeBudgets {
    return kept(this.exchanges, exchange, () => ({
      line: new WaitingLine(this.clock),
      uses: new Map<CountedUse, SharedUse>(),
    }));
  }
}

function kept<K, T>(map: Map<K, T>, key: K, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
