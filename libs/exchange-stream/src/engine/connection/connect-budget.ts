import type { SocketEndpoint } from '../../contract/index.ts';
import type { BudgetProvider } from '../limits/budget-provider.ts';
import type { Budget, Grant } from '../limits/budget.ts';
import { stopAfter } from './close-policy.ts';
import type { HandshakeError } from './handshake-error.ts';

/** The right to dial one endpoint, shared with everybody who dials that exchange from this address. */
export class ConnectBudget {
  private readonly attempts: Budget;

  constructor(
    private readonly budgets: BudgetProvider,
    private readonly exchange: string,
    private readonly endpoint: SocketEndpoint,
  ) {
    this.attempts = budgets.connects(exchange, endpoint);
  }

  /** Calls `grant` when a dial fits, at once if it does now. Returns a function that gives up waiting. */
  request(grant: (granted?: Grant) => void): () => void {
    return this.attempts.request(1, 'other', grant);
  }

  /**
   * Heeds what a refused handshake asks for. Exchanges count and ban by address, so nobody dials any of its endpoints; after
   * "too many requests", nobody asks it over REST either.
   */
  refused({ answer, stopMs }: HandshakeError): void {
    if (!answer || stopMs === undefined) return;
    const isLimit = answer.status === 429 || answer.status === 418;
    this.budgets.stop(this.exchange, isLimit ? ['connects', 'requests'] : ['connects'], stopMs);
  }

  /**
   * Heeds a close that is about our address: nobody dials until then, or sends what is counted by address; nor asks over
   * REST, where the exchange counts messages among its requests.
   */
  closed(code: number): void {
    const { closePolicy, countedAsRequests } = this.endpoint;
    const stopMs = stopAfter(code, closePolicy);
    if (stopMs === undefined) return;
    const together = countedAsRequests?.message ? (['requests'] as const) : [];
    this.budgets.stop(this.exchange, ['connects', 'messages', ...together], stopMs);
  }
}
