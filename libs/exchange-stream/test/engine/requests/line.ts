import { VirtualClock } from '@exchange-stream/market-data';
import type { MessageLimit } from '../../../src/contract/index.ts';
import { Outbox } from '../../../src/engine/connection/outbox.ts';
import { InProcessBudgets } from '../../../src/engine/limits/budget-provider.ts';
import { RequestMatcher } from '../../../src/engine/requests/request-matcher.ts';
import type { RequestReport } from '../../../src/engine/requests/request-report.ts';
import { UserRequests } from '../../../src/engine/requests/user-requests.ts';

export const DEADLINE_MS = 3_000;

export interface LineOptions {
  readonly perSecond?: number;
  readonly pendingRequests?: number;
  readonly connection?: string;
  readonly ofKinds?: Readonly<Record<string, MessageLimit>>;
  /** Shared by the connections of one exchange. */
  readonly budgets?: InProcessBudgets;
  readonly account?: string;
}

/** One connection as its requests see it: a limit of messages, a socket, and a matcher. */
export class Line {
  readonly sent: string[] = [];
  readonly reports: RequestReport[] = [];
  readonly matcher: RequestMatcher;
  readonly requests: UserRequests;
  isUp = true;
  /** Other connections of the exchange, by what they are found by. */
  readonly others = new Map<string, Line>();
  private readonly outbox: Outbox;

  constructor(
    readonly clock = new VirtualClock(),
    {
      perSecond = 1_000,
      pendingRequests = 100,
      connection = 'fake/public/1',
      ofKinds = {},
      budgets = new InProcessBudgets(clock),
      account,
    }: LineOptions = {},
  ) {
    const limit = { documented: 100, safe: 100 };
    this.outbox = new Outbox(
      budgets.messages(
        'fake',
        {
          limits: {
            topicsPerConnection: limit,
            topicsPerMessage: limit,
            messages: { documented: perSecond, safe: perSecond, windowMs: 1_000 },
            connects: [],
            ofKinds,
          },
          heartbeat: { sender: 'client', intervalMs: 5_000, deadlineMs: 15_000 },
        },
        account,
      ),
      clock,
    );
    this.matcher = new RequestMatcher({
      exchange: 'fake',
      connection,
      clock,
      pendingRequests,
      report: (report) => this.reports.push(report),
    });
    this.requests = new UserRequests(
      this.matcher,
      {
        isUp: () => this.isUp,
        post: (...posted) => this.outbox.post(...posted),
        send: (frame) => {
          if (this.isUp) this.sent.push(frame);
          return this.isUp;
        },
        redact: (text) => text.replaceAll('s3cret', '***'),
        find: (connection) => this.others.get(connection)?.matcher,
      },
      DEADLINE_MS,
    );
  }

  /** The exchange says something: under a key, or in words only. */
  hear(
    frame: string,
    key?: string,
    refusal?: { code: string; message: string; temporary: boolean },
  ): boolean {
    this.matcher.nextFrame();
    const isKeyed = key !== undefined && this.matcher.reply(key, refusal, () => frame);
    return (this.matcher.readsFrames && this.matcher.frame(frame)) || isKeyed;
  }

  lose(reason = 'the socket closed'): void {
    this.isUp = false;
    this.outbox.clear();
    this.requests.lost(reason);
  }
}

/** What became of a promise, looked at without waiting for it. */
export function watch<T>(promise: Promise<T>): { value?: T; error?: unknown; isSettled: boolean } {
  const seen: { value?: T; error?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(seen, { value, isSettled: true }),
    (error: unknown) => Object.assign(seen, { error, isSettled: true }),
  );
  return seen;
}
