import type { Clock } from '@exchange-stream/market-data';
import type { RestDeclaration, RestOperation, RestRequest } from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import { excerpt, redactText } from '../connection/redaction.ts';
import { admission } from '../limits/admission.ts';
import type { Budget, Lane } from '../limits/budget.ts';
import { retryAfterMsOf, stopMsOf } from '../limits/stay-away.ts';
import type { Platform } from '../platform/platform.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import type { HttpResponse } from './http-transport.ts';
import { RestError } from './rest-error.ts';
import type { RestHosts } from './rest-hosts.ts';
import { messageOf } from '../errors.ts';

/** The largest answer taken: exchange-wide instrument lists are the largest and stay well below. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const RETRY_INITIAL_MS = 250;
const RETRY_MAX_MS = 5_000;

/** How patiently to call. */
export interface RestCall {
  /** Requests at most, the first included, where asking twice does no harm. Default 3. */
  readonly attempts?: number;
  /** From the call to its result, every wait included. Default: as long as the attempts take. */
  readonly deadlineMs?: number;
  /** How long each request may wait for the limits of the exchange; 0 refuses to wait. Default: as long as it takes. */
  readonly maxWaitMs?: number;
  /** Who goes first where several wait. Default `other`. */
  readonly lane?: Lane;
  /** Ends the call; it fails with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a client is made with. */
export interface RestClientSettings {
  readonly exchange: string;
  readonly declaration: Pick<RestDeclaration, 'requests' | 'usedWeight'>;
  readonly hosts: RestHosts;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly platform: Platform;
  /** Told of every row that breaks the exchange's format. */
  rejected(reason: string): void;
}

/** The REST side of one exchange, within its request budgets. */
export class RestClient {
  private readonly underWay: CallsUnderWay;
  /** By the name of the limit that operations have of their own, `''` for none. */
  private readonly budgets = new Map<string, Budget>();

  constructor(private readonly settings: RestClientSettings) {
    this.underWay = new CallsUnderWay(settings.exchange, settings.platform.clock);
  }

  /**
   * Calls one operation.
   * @throws RestError when the exchange refuses, does not answer, or sends what the operation cannot read
   * @throws BudgetError when the limits leave no room in the time that it may wait
   * @throws ClosedError
   */
  async call<Query, Result>(
    operation: RestOperation<Query, Result>,
    query: Query,
    patience: RestCall = {},
  ): Promise<Result> {
    const { exchange } = this.settings;
    const request = operation.request(query);
    const what = `${request.method ?? 'GET'} ${request.path} of ${exchange}`;
    const call = this.underWay.begin(what, patience);
    try {
      const answering = this.answer(operation, request, patience, what, call.signal);
      const answer = await Promise.race([answering, call.cutShort]);
      return this.read(operation, query, request, answer);
    } finally {
      call.end();
    }
  }

  /** Where the exchange is reached has changed: the preferred URL first. */
  rerouted(): void {
    this.settings.hosts.prefer();
  }

  /** Ends every call that waits or is under way; later ones are made as ever. */
  withdraw(): void {
    this.underWay.endAll();
  }

  /** Ends every call that waits or is under way, and refuses later ones. */
  close(): void {
    this.underWay.close();
  }

  private async answer(
    operation: Pick<RestOperation<never, unknown>, 'isIdempotent' | 'limit'>,
    request: RestRequest,
    { attempts = 3, maxWaitMs, lane = 'other' }: RestCall,
    what: string,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { clock, random } = this.settings.platform;
    const { isIdempotent = (request.method ?? 'GET') === 'GET' } = operation;
    const backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, random);
    const asked = {
      what,
      weight: request.weight,
      lane,
      signal,
      ...(maxWaitMs !== undefined && { maxWaitMs }),
    };
    for (let left = isIdempotent ? attempts : 1; ; left--) {
      await admission(this.budget(operation), asked, clock);
      try {
        return await this.ask(request, signal);
      } catch (error) {
        if (left <= 1 || !(error instanceof RestError) || !error.temporary) throw error;
        await pause(backoff.next(), clock, signal);
        signal.throwIfAborted();
      }
    }
  }

  private budget({ limit }: Pick<RestOperation<never, unknown>, 'limit'>): Budget {
    const { exchange, declaration, platform } = this.settings;
    const name = limit?.name ?? '';
    let budget = this.budgets.get(name);
    if (!budget) {
      budget = platform.budgets.requests(exchange, declaration.requests, limit);
      this.budgets.set(name, budget);
    }
    return budget;
  }

  private async ask(request: RestRequest, signal: AbortSignal): Promise<HttpResponse> {
    const answer = await this.send(request, signal);
    this.heed(answer);
    if (answer.status >= 200 && answer.status <= 299) return answer;
    const { exchange } = this.settings;
    const body = excerpt(answer.body.slice(0, 1_000), 200);
    throw new RestError(
      `${exchange} refused ${request.path} with status ${answer.status}: ${body}`,
      exchange,
      answer.status,
    );
  }

  private async send(request: RestRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { exchange, hosts, timeoutMs, platform } = this.settings;
    const { method = 'GET', path, headers, body } = request;
    const host = hosts.next();
    try {
      return await platform.http.request({
        ...{ method, url: host.url + path, timeoutMs, maxBodyBytes: MAX_BODY_BYTES, signal },
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
        ...(host.proxy !== undefined && { proxy: host.proxy }),
      });
    } catch (error) {
      signal.throwIfAborted();
      hosts.failed(host);
      // A base URL may carry credentials, and whoever failed to reach it may quote it.
      throw new RestError(
        `${exchange} did not answer ${redactText(host.url)}${path}: ${redactText(messageOf(error))}`,
        exchange,
      );
    }
  }

  private read<Query, Result>(
    operation: RestOperation<Query, Result>,
    query: Query,
    { path }: RestRequest,
    { status, body }: HttpResponse,
  ): Result {
    const { exchange } = this.settings;
    try {
      return operation.parse(body, query, (reason) => this.settings.rejected(`${path}: ${reason}`));
    } catch (error) {
      throw new RestError(
        `${exchange} sent an answer to ${path} that cannot be read: ${messageOf(error)}`,
        exchange,
        status,
      );
    }
  }

  /**
   * Counts as the exchange does, and stops for as long as it asks. A bare 429 is about REST; one that names a time, or a 418
   * (banned for going on after a 429), is about our address, and whoever dials next would make it worse.
   */
  private heed({ status, headers }: HttpResponse): void {
    const { exchange, declaration, platform } = this.settings;
    const used = declaration.usedWeight?.(headers);
    if (used !== undefined) platform.budgets.counted?.(exchange, declaration.requests, used);
    if (status >= 200 && status <= 299) return;
    const retryAfterMs = retryAfterMsOf(headers);
    const stopMs = stopMsOf(status, retryAfterMs);
    if (stopMs === undefined) return;
    const isAboutAddress = status === 418 || (status === 429 && retryAfterMs !== undefined);
    platform.budgets.stop(exchange, isAboutAddress ? ['requests', 'connects'] : ['requests'], stopMs);
  }
}

/** Resolves after a while; early when the signal aborts, so that nothing is left behind. */
function pause(durationMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(durationMs, done);
    function done(): void {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
