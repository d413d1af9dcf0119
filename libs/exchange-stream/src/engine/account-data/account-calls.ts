import { isPrivateChannel } from '@exchange-stream/market-data';
import type { AccountRow, ExchangeAdapter, SignedOperation } from '../../contract/index.ts';
import type { Accounts } from '../credentials/accounts.ts';
import { StreamBookSeeder } from '../integrity/stream-book-seeder.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import { callUntilAnswered } from '../rest/persistent-call.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { AccountNeed, FillsAsked } from './account-data.ts';

/** How often missed fills are asked for in vain before consumers are told that they may be missing. */
const FILL_ATTEMPTS = 5;

/** What calls for the data of accounts need from around them. */
export interface AccountCallsEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly platform: Platform;
  readonly report: LifecycleListener;
  readonly rest: Pick<RestClient, 'callAs'>;
  readonly accounts: Accounts;
  /** Asks for a subscription's topic again. */
  renew(subscription: Subscription, reason: string): void;
}

interface Waiting {
  readonly need: AccountNeed;
  cancel(): void;
}

/** What private subscriptions of one exchange wait for, each from where the exchange has it: the stream, or REST. */
export class AccountCalls {
  private readonly waiting = new Map<Subscription, Waiting>();
  private readonly stream: StreamBookSeeder;
  /** How to give up what consumers have asked for. */
  private readonly forConsumers = new Set<() => void>();
  private stopped = false;

  constructor(private readonly environment: AccountCallsEnvironment) {
    this.stream = new StreamBookSeeder(environment.platform);
  }

  /** Asks for what a subscription needs; a later call replaces an earlier one. */
  request(subscription: Subscription, need: AccountNeed, broken?: string): void {
    this.cancel(subscription);
    if (this.stopped) return;
    const isFromStream = need.kind === 'snapshot' && need.from === 'stream';
    const call = isFromStream
      ? this.stream.request({
          waitMs: 0,
          broken,
          isAwaited: () => subscription.flow.isSeeding,
          renew: (reason) => this.environment.renew(subscription, reason),
        })
      : this.fromRest(subscription, need);
    this.waiting.set(subscription, { need, cancel: () => call.cancel() });
  }

  /** Asks once more for what a subscription waits for. */
  repeat(subscription: Subscription, reason: string): void {
    const known = this.waiting.get(subscription)?.need;
    if (known) return this.request(subscription, known, reason);
    const { accountData } = subscription.flow;
    accountData?.reset();
    accountData?.begin();
  }

  /** Whether something is asked for, or waited for. */
  isAsked(subscription: Subscription): boolean {
    return this.waiting.has(subscription);
  }

  cancel(subscription: Subscription): void {
    this.waiting.get(subscription)?.cancel();
    this.waiting.delete(subscription);
  }

  cancelAll(): void {
    for (const subscription of [...this.waiting.keys()]) this.cancel(subscription);
  }

  /** Ends all waiting for good: requests from now on are in vain. */
  stop(): void {
    this.stopped = true;
    this.cancelAll();
    for (const cancel of [...this.forConsumers]) cancel();
  }

  /** Asks for fills on behalf of one consumer of a subscription. Returns a function that gives up. */
  askForFills(
    subscription: Subscription,
    ...[{ after, limit }, told, failed]: Parameters<FillsAsked>
  ): ReturnType<FillsAsked> {
    if (this.stopped) return () => undefined;
    const call = this.ask(
      subscription,
      { kind: 'fills', after, limit },
      (...fills) => {
        this.forConsumers.delete(cancel);
        told(...fills);
      },
      (reason) => {
        this.forConsumers.delete(cancel);
        failed(reason);
      },
    );
    const cancel = (): void => {
      this.forConsumers.delete(cancel);
      call.cancel();
    };
    this.forConsumers.add(cancel);
    return cancel;
  }

  private fromRest(subscription: Subscription, need: AccountNeed): { cancel(): void } {
    const { flow } = subscription;
    return this.ask(
      subscription,
      need,
      (rows, isAll) => {
        this.waiting.delete(subscription);
        flow.accountData?.found(rows, isAll);
      },
      (reason) => {
        this.waiting.delete(subscription);
        flow.accountData?.unavailable(reason);
      },
    );
  }

  /** Asks until it is there, unless cancelled; for fills a few times only, as those that come wait for it. */
  private ask(
    subscription: Subscription,
    need: AccountNeed,
    told: (rows: readonly AccountRow[], isAll: boolean) => void,
    gaveUp: (reason: string) => void,
  ): { cancel(): void } {
    const { adapter, platform, report } = this.environment;
    return callUntilAnswered(platform, {
      // Never within the call that needs it: the rest of its frame has yet to be read.
      afterMs: 0,
      ask: () => this.fetch(subscription, need),
      answered: ({ rows, isAll }) => told(rows, isAll),
      failed: (error, failures) => {
        report({ type: 'seed-failed', exchange: adapter.exchange, subscription: subscription.key, error });
        const goesOn = need.kind === 'snapshot' || failures < FILL_ATTEMPTS;
        if (!goesOn) gaveUp(error.message);
        return goesOn;
      },
    });
  }

  private async fetch(
    { request, place }: Subscription,
    need: AccountNeed,
  ): Promise<{ readonly rows: readonly AccountRow[]; readonly isAll: boolean }> {
    const { exchange, rest } = this.environment.adapter;
    const account = this.environment.accounts.of(place?.account);
    if (need.kind === 'fills') {
      const operation = declared(rest.account?.fills, `${exchange} fills`);
      const { after, limit } = need;
      const query = { limit, ...(after && { after }) };
      const rows = await this.environment.rest.callAs(account, operation, query, { attempts: 1 });
      return { rows, isAll: rows.length < limit };
    }
    const { channel } = request;
    const operation: SignedOperation<void, readonly AccountRow[]> | undefined =
      isPrivateChannel(channel) && channel !== 'fills' ? rest.account?.[channel] : undefined;
    const rows = await this.environment.rest.callAs(
      account,
      declared(operation, `${exchange} ${channel}`),
      undefined,
      { attempts: 1 },
    );
    return { rows, isAll: true };
  }
}

function declared<O>(operation: O | undefined, what: string): O {
  if (operation) return operation;
  throw new Error(`${what} are to be asked for by REST, and there is no operation for it.`);
}
