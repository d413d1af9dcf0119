import type { Clock } from '@exchange-stream/market-data';
import type {
  Credentials,
  RestAnswer,
  RestDeclaration,
  RestOperation,
  SignedOperation,
  SigningRefusal,
} from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import { excerpt, redactText } from '../connection/redaction.ts';
import type { Account } from '../credentials/account.ts';
import { shownCredentials } from '../credentials/shown-credentials.ts';
import { admission } from '../limits/admission.ts';
import type { Budget, Lane } from '../limits/budget.ts';
import { retryAfterMsOf, stopMsOf } from '../limits/stay-away.ts';
import type { Platform } from '../platform/platform.ts';
import type { RequestReport } from '../requests/request-report.ts';
import { CallReport, endingOf } from './call-report.ts';
import { CallsUnderWay, type CallUnderWay } from './calls-under-way.ts';
import { asOversizeBodyError, type HttpResponse } from './http-transport.ts';
import { PlainCall, SignedCall, type CalledOperation, type MadeCall } from './made-call.ts';
import { RestError } from './rest-error.ts';
import type { RestHosts } from './rest-hosts.ts';
import { CredentialsError, kindOf, messageOf } from '../errors.ts';

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

/** How patiently to call, and with which credentials. */
export interface SignedRestCall extends RestCall {
  /** Default: those that the account has now, if they have not been refused. */
  readonly credentials?: Credentials;
  /** The caller heeds a refusal of the credentials: the account hears nothing of it, nor of their acceptance. */
  readonly isJudgedByCaller?: boolean;
}

/** The time of the exchange, for signatures. */
export interface ExchangeTime {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asks the exchange. Resolves with whether it has told. */
  refresh(): Promise<boolean>;
}

/** What a client is made with. */
export interface RestClientSettings {
  readonly exchange: string;
  readonly declaration: Pick<RestDeclaration, 'requests' | 'usedWeight' | 'stopAfter' | 'signingRefusal'>;
  readonly hosts: RestHosts;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly platform: Platform;
  readonly time: ExchangeTime;
  /** Told of every row that breaks the exchange's format. */
  rejected(reason: string): void;
  /** Told of every request when it has ended. */
  requested(report: RequestReport): void;
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
    const call = new PlainCall(operation, query);
    const underWay = this.underWay.begin(() => this.nameOf(call), patience);
    try {
      return await this.perform(call, patience, underWay);
    } finally {
      underWay.end();
    }
  }

  /**
   * Calls one operation in the name of an account. What the exchange has against the signature is heeded as the adapter
   * declares: credentials that it does not take are refused from then on (`Account.objection`).
   * @throws CredentialsError when there are none, when they were refused before, or could not be had in time
   * @throws RestError, BudgetError and ClosedError as `call` does
   */
  async callAs<Query, Result>(
    account: Account,
    operation: SignedOperation<Query, Result>,
    query: Query,
    patience: SignedRestCall = {},
  ): Promise<Result> {
    const { exchange, declaration, platform, time, timeoutMs } = this.settings;
    const { isJudgedByCaller = false } = patience;
    let call: SignedCall<Query, Result> | undefined;
    const underWay = this.underWay.begin(
      () => (call ? this.nameOf(call) : `a signed call of ${exchange}`),
      patience,
    );
    try {
      const { clock } = platform;
      const { signal } = underWay;
      const asked = { exchange, account, place: operation, deadlineMs: timeoutMs, clock, signal };
      const credentials = patience.credentials ?? (await shownCredentials(asked));
      call = signed(operation, query, {
        account,
        credentials,
        isJudgedByCaller,
        now: () => time.now(),
        refusalOf: declaration.signingRefusal ?? refusalByStatus,
      });
      return await this.perform(call, patience, underWay);
    } finally {
      underWay.end();
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

  private async perform<Result>(
    call: MadeCall<Result>,
    patience: RestCall,
    { signal, cutShort }: CallUnderWay,
  ): Promise<Result> {
    const answer = await Promise.race([this.answer(call, patience, signal), cutShort]);
    return this.read(call, answer);
  }

  private async answer(
    call: MadeCall<unknown>,
    { attempts = 3, maxWaitMs = Infinity, deadlineMs = Infinity, lane = 'other' }: RestCall,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { exchange, platform } = this.settings;
    const { clock, random } = platform;
    const { operation, request } = call;
    const { isIdempotent = (request.method ?? 'GET') === 'GET' } = operation;
    const backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, random);
    const asked = {
      what: this.nameOf(call),
      weight: request.weight,
      lane,
      signal,
    };
    const lastAtMs = clock.monotonic() + deadlineMs;
    for (let left = attempts; ; left--) {
      const patient = { ...asked, maxWaitMs: Math.min(maxWaitMs, lastAtMs - clock.monotonic()) };
      const report = new CallReport(exchange, call, clock);
      try {
        if ((await admission(this.budget(operation), patient, clock)) || left < attempts) call.renew();
        report.left();
        const answer = await this.ask(call, signal);
        this.settings.requested(report.ended('answered'));
        return answer;
      } catch (error) {
        this.settings.requested(report.ended(signal.aborted ? 'cancelled' : endingOf(error)));
        if (left <= 1 || !(error instanceof RestError) || !(await this.mayRepeat(error, isIdempotent)))
          throw error;
        await pause(backoff.next(), clock, signal);
        signal.throwIfAborted();
      }
    }
  }

  /** What was refused for its signature was not carried out: it may be repeated, whatever it is, with a better one. */
  private async mayRepeat({ refusal, temporary }: RestError, isIdempotent: boolean): Promise<boolean> {
    switch (refusal) {
      case 'credentials':
        return false;
      case 'nonce':
        return true;
      case 'time':
        return this.settings.time.refresh();
      case undefined:
        return isIdempotent && temporary;
    }
  }

  private nameOf({ request: { method = 'GET' }, path }: MadeCall<unknown>): string {
    return `${method} ${path} of ${this.settings.exchange}`;
  }

  private budget({ limit }: CalledOperation): Budget {
    const { exchange, declaration, platform } = this.settings;
    const name = limit?.name ?? '';
    let budget = this.budgets.get(name);
    if (!budget) {
      budget = platform.budgets.requests(exchange, declaration.requests, limit);
      this.budgets.set(name, budget);
    }
    return budget;
  }

  private async ask(call: MadeCall<unknown>, signal: AbortSignal): Promise<HttpResponse> {
    const answer = await this.send(call, signal);
    this.heed(answer);
    const { status } = answer;
    const refusal = call.refusalOf(answer);
    if (isSuccess(status) && !refusal) return answer;
    const { exchange } = this.settings;
    const body = call.shown(excerpt(answer.body.slice(0, 1_000), 200));
    const reason = `${exchange} refused ${call.path} with status ${status}: ${body}`;
    if (refusal === 'credentials') call.refused(reason);
    throw new RestError(reason, exchange, status, refusal);
  }

  private async send(call: MadeCall<unknown>, signal: AbortSignal): Promise<HttpResponse> {
    const { exchange, hosts, timeoutMs, platform } = this.settings;
    const { method = 'GET', path, headers, body } = call.request;
    const host = hosts.next();
    try {
      return await platform.http.request({
        method,
        url: host.url + path,
        timeoutMs,
        maxBodyBytes: MAX_BODY_BYTES,
        signal,
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
        ...(host.proxy !== undefined && { proxy: host.proxy }),
      });
    } catch (error) {
      signal.throwIfAborted();
      const oversize = asOversizeBodyError(error, MAX_BODY_BYTES);
      if (oversize !== undefined) {
        this.heed({ ...oversize, body: '' });
        throw new RestError(
          `${exchange} sent an answer to ${call.path} that is larger than ${MAX_BODY_BYTES} bytes`,
          exchange,
          oversize.status,
        );
      }
      hosts.failed(host);
      // A base URL may carry credentials, and whoever failed to reach it may quote it.
      throw new RestError(
        `${exchange} did not answer ${redactText(host.url)}${call.path}: ${call.shown(messageOf(error))}`,
        exchange,
      );
    }
  }

  private read<Result>(call: MadeCall<Result>, { status, body }: HttpResponse): Result {
    const { exchange } = this.settings;
    const { path } = call;
    try {
      return call.parse(body, (reason) => this.settings.rejected(`${path}: ${reason}`));
    } catch (error) {
      throw new RestError(
        `${exchange} sent an answer to ${path} that cannot be read: ${call.unreadable(error)}`,
        exchange,
        status,
      );
    }
  }

  /**
   * Counts as the exchange does, and stops for as long as it asks. A bare 429 is about REST; one that names a time, or a 418
   * (banned for going on after a 429), is about our address, and whoever dials next would make it worse. What the adapter
   * reads from an answer is about REST.
   */
  private heed(answer: HttpResponse): void {
    const { status, headers } = answer;
    const { exchange, declaration, platform } = this.settings;
    const used = declaration.usedWeight?.(headers);
    if (used !== undefined) platform.budgets.counted?.(exchange, declaration.requests, used);
    const declaredMs = declaration.stopAfter?.(answer);
    if (isSuccess(status) && declaredMs === undefined) return;
    const retryAfterMs = isSuccess(status) ? undefined : retryAfterMsOf(headers);
    const stopMs = longest(stopMsOf(status, retryAfterMs), declaredMs);
    if (stopMs === undefined) return;
    const isAboutAddress = status === 418 || (status === 429 && retryAfterMs !== undefined);
    platform.budgets.stop(exchange, isAboutAddress ? ['requests', 'connects'] : ['requests'], stopMs);
  }
}

function longest(oneMs: number | undefined, otherMs: number | undefined): number | undefined {
  if (oneMs === undefined || otherMs === undefined) return oneMs ?? otherMs;
  return Math.max(oneMs, otherMs);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** What exchanges mean that declare nothing of their own. */
function refusalByStatus({ status }: RestAnswer): SigningRefusal | undefined {
  return status === 401 || status === 403 ? 'credentials' : undefined;
}

/** Only the kind of what an adapter throws at credentials that it can make no signature of: its words may quote them. */
function signed<Query, Result>(
  ...[operation, query, signatory]: ConstructorParameters<typeof SignedCall<Query, Result>>
): SignedCall<Query, Result> {
  try {
    return new SignedCall(operation, query, signatory);
  } catch (error) {
    const { setting } = signatory.account;
    throw new CredentialsError(
      `no signature can be made of the credentials (${kindOf(error)}): check ${setting}`,
      false,
    );
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
