import { setMaxListeners } from 'node:events';
import type { RateLimit, RestOperation } from '../../contract/index.ts';
import { ClosedError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Route } from '../route/exchange-route.ts';
import { excerpt, redactText } from '../connection/redaction.ts';
import type { Budget } from '../limits/budget.ts';
import { retryAfterMsOf, stopMsOf } from '../limits/stay-away.ts';
import type { HttpResponse } from './http-transport.ts';

/** The largest answer taken: exchange-wide instrument lists are the largest and stay well below. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** An answer that is none: a status other than 2xx, or a body that the operation could not read. */
export class RestError extends Error {
  readonly code = 'REST';

  constructor(
    message: string,
    readonly exchange: string,
    readonly status?: number,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** The REST side of one exchange, within its request budget. Callers decide whether to try again. */
export class RestClient {
  private readonly requests: Budget;
  /** Ends what waits or is under way. */
  private ending = createEnding();
  /** Which of the base URLs is asked, and since when it is not the preferred one. */
  private base = 0;
  private avoidedSince = 0;

  constructor(
    private readonly exchange: string,
    /** Where to ask, read anew before each request. */
    private readonly route: () => Route,
    limit: RateLimit,
    private readonly timeoutMs: number,
    /** How long after a failure of the preferred URL it is tried again. */
    private readonly preferAgainMs: number,
    private readonly platform: Platform,
    /** Told of every row that breaks the exchange's format. */
    private readonly rejected: (reason: string) => void,
  ) {
    this.requests = platform.budgets.requests(exchange, limit);
  }

  /**
   * Calls one operation.
   * @throws RestError when the exchange refuses or sends what the operation cannot read
   */
  async call<Query, Result>(operation: RestOperation<Query, Result>, query: Query): Promise<Result> {
    const { path, weight } = operation.request(query);
    await this.budget(weight);
    const answer = await this.get(path);
    if (answer.status < 200 || answer.status > 299) throw this.refusal(path, answer);
    try {
      return operation.parse(answer.body, query, (reason) => this.rejected(`${path}: ${reason}`));
    } catch (error) {
      throw new RestError(
        `${this.exchange} sent an answer to ${path} that cannot be read: ${text(error)}`,
        this.exchange,
        answer.status,
      );
    }
  }

  /** Where the exchange is reached has changed: the preferred URL first. */
  rerouted(): void {
    this.base = 0;
  }

  /** Ends every call that waits or is under way; later ones are made as ever. */
  withdraw(): void {
    this.close();
    this.ending = createEnding();
  }

  /** Ends every call that waits or is under way, and refuses later ones. */
  close(): void {
    this.ending.abort(new ClosedError(`REST of ${this.exchange}`));
  }

  private budget(weight: number): Promise<void> {
    const { signal } = this.ending;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new ClosedError(`REST of ${this.exchange}`));
      const giveUp = (): void => {
        cancel();
        reject(new ClosedError(`REST of ${this.exchange}`));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const cancel = this.requests.request(weight, 'other', () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
    });
  }

  private async get(path: string): Promise<HttpResponse> {
    const { urls, proxy } = this.route();
    if (this.platform.clock.monotonic() - this.avoidedSince >= this.preferAgainMs) this.base = 0;
    const { base } = this;
    const { signal } = this.ending;
    const host = urls[base % urls.length] ?? '';
    const url = host + path;
    try {
      return await this.platform.http.request({
        method: 'GET',
        url,
        timeoutMs: this.timeoutMs,
        maxBodyBytes: MAX_BODY_BYTES,
        signal,
        ...(proxy !== undefined && { proxy }),
      });
    } catch (error) {
      if (signal.aborted) throw new ClosedError(`REST of ${this.exchange}`);
      // Of several requests that fail together, one is enough to move on.
      if (base === this.base) {
        if (base === 0) this.avoidedSince = this.platform.clock.monotonic();
        this.base++;
      }
      // A base URL may carry credentials, and whoever failed to reach it may quote it.
      throw new RestError(
        `${this.exchange} did not answer ${redactText(host)}${path}: ${redactText(text(error))}`,
        this.exchange,
      );
    }
  }

  private refusal(path: string, answer: HttpResponse): RestError {
    this.heed(answer);
    const body = excerpt(answer.body.slice(0, 1_000), 200);
    return new RestError(
      `${this.exchange} refused ${path} with status ${answer.status}: ${body}`,
      this.exchange,
      answer.status,
    );
  }

  /**
   * Stops for as long as the exchange asks. A bare 429 is about REST; one that names a time, or a 418 (banned for going on
   * after a 429), is about our address, and whoever dials next would make it worse.
   */
  private heed({ status, headers }: HttpResponse): void {
    const retryAfterMs = retryAfterMsOf(headers);
    const stopMs = stopMsOf(status, retryAfterMs);
    if (stopMs === undefined) return;
    const isAboutAddress = status === 418 || (status === 429 && retryAfterMs !== undefined);
    this.platform.budgets.stop(
      this.exchange,
      isAboutAddress ? ['requests', 'connects'] : ['requests'],
      stopMs,
    );
  }
}

/** Every call under way listens for the end, and a restart may ask for hundreds of books at once: that is no leak. */
function createEnding(): AbortController {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  return ending;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
