import type { Clock } from '@exchange-stream/market-data';
import { asError, ClosedError } from '../errors.ts';
import { RestError } from './rest-error.ts';

/** What ends a call before its result. */
export interface CallBounds {
  /** From the call to its result. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** One call under way. */
export interface CallUnderWay {
  /** Aborted when the call has to end: by its deadline, by its caller, or because the client does. */
  readonly signal: AbortSignal;
  /** Rejects at that moment, whoever does not heed the signal. */
  readonly cutShort: Promise<never>;
  /** The call is over. */
  end(): void;
}

/** The calls of one client that wait or are under way, each with what may end it. */
export class CallsUnderWay {
  private readonly calls = new Set<AbortController>();
  private isClosed = false;

  constructor(
    private readonly exchange: string,
    private readonly clock: Clock,
  ) {}

  /** @param what for the error, asked when there is one: `GET /depth of binance` */
  begin(what: () => string, { deadlineMs, signal }: CallBounds): CallUnderWay {
    const call = new AbortController();
    const cutShort = rejection(call.signal);
    if (this.isClosed) call.abort(this.closed);
    if (signal?.aborted) call.abort(signal.reason);
    const aborted = (): void => call.abort(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    const timer =
      deadlineMs === undefined
        ? undefined
        : this.clock.after(deadlineMs, () =>
            call.abort(new RestError(`${what()} has not succeeded within ${deadlineMs} ms`, this.exchange)),
          );
    this.calls.add(call);
    return {
      signal: call.signal,
      cutShort,
      end: () => {
        this.calls.delete(call);
        timer?.cancel();
        signal?.removeEventListener('abort', aborted);
      },
    };
  }

  endAll(): void {
    for (const call of [...this.calls]) call.abort(this.closed);
  }

  /** Ends all, and every later one at once. */
  close(): void {
    this.isClosed = true;
    this.endAll();
  }

  private get closed(): ClosedError {
    return new ClosedError(`REST of ${this.exchange}`);
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
  });
  // Nobody may be waiting for it.
  promise.catch(() => undefined);
  return promise;
}
