import type { Clock } from '@exchange-stream/market-data';
import type { RequestEnding, RequestReport } from '../requests/request-report.ts';
import type { MadeCall } from './made-call.ts';
import { RestError } from './rest-error.ts';

/** What is reported of one request by HTTP, from the moment that it begins to wait for its limits. */
export class CallReport {
  private readonly askedAt: number;
  private leftAt: number | undefined;

  constructor(
    private readonly exchange: string,
    private readonly call: MadeCall<unknown>,
    private readonly clock: Clock,
  ) {
    this.askedAt = clock.monotonic();
  }

  /** The limits have let it go. */
  left(): void {
    this.leftAt = this.clock.monotonic();
  }

  ended(ending: RequestEnding): RequestReport {
    const { exchange, askedAt, leftAt } = this;
    const { request, path } = this.call;
    const now = this.clock.monotonic();
    return {
      exchange,
      connection: `${exchange}/rest`,
      path: `${request.method ?? 'GET'} ${path.split('?', 1)[0] ?? ''}`,
      purpose: 'rest',
      ending,
      replies: ending === 'answered' || ending === 'refused' ? 1 : 0,
      limiterMs: (leftAt ?? now) - askedAt,
      ...(leftAt !== undefined && { wireMs: now - leftAt }),
    };
  }
}

/** How a request has ended that threw. */
export function endingOf(error: unknown): RequestEnding {
  if (!(error instanceof RestError)) return 'failed';
  return error.status === undefined ? 'lost' : 'refused';
}
