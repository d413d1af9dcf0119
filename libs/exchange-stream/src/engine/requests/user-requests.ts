import { asError, ConnectionClosedError } from '../errors.ts';
import type { Posting } from '../connection/outbox.ts';
import { BudgetError } from '../limits/admission.ts';
import type { Lane } from '../limits/budget.ts';
import { checkRequest, checkSend } from './check-request.ts';
import type { Match, Reply } from './match.ts';
import type { RequestMatcher } from './request-matcher.ts';
import { RequestLostError, RequestRefusedError, RequestTimeoutError } from './request-error.ts';
import type { RequestPurpose } from './request-report.ts';
import type { PlacedMatch, Request, RequestEnd } from './request.ts';
import type { SocketMessage } from './standing-messages.ts';

/** How a message of the user's own goes out. */
export interface SendOptions {
  /** What the message costs in the limit. Default 1. */
  readonly weight?: number;
  /** Who goes first where several wait. Default `other`. */
  readonly lane?: Lane;
  /**
   * The kind of message that it is, by the name of a limit that such messages have beside that of all: of the adapter's
   * endpoint (`limits.ofKinds`), or of the definition of a user's own connection.
   */
  readonly limit?: string;
  /**
   * How long it may wait for the limits, in milliseconds; 0 refuses to wait. Where it would have to wait longer, it fails
   * with `BudgetError`, at once where that is known, and is not sent. Default: as long as it takes.
   */
  readonly maxWaitMs?: number;
  /** Gives up waiting; what it would have used of the limits is free for others. */
  readonly signal?: AbortSignal;
}

/** A message whose answers are awaited. */
export interface RequestOptions extends SendOptions {
  /** How its answers are known; several where one request is answered by several messages, all of which are awaited. */
  readonly match: Match | readonly Match[];
  /**
   * From the call to the last answer, the wait for the message budgets included. Where that wait is known to be longer, it
   * fails at once with `BudgetError`. Default the connection's deadline for acks.
   */
  readonly deadlineMs?: number;
}

/** Answers that are awaited without a message: what calls for them goes out elsewhere, or later. */
export type ExpectOptions = Pick<RequestOptions, 'deadlineMs' | 'signal'>;

const nothing = (): void => undefined;

/** The connection that messages of users go over. */
export interface RequestCarrier {
  /** Whether anything can be sent on it. */
  isUp(): boolean;
  /** Calls `send` when the message budgets allow, at once if they do. Returns a function that withdraws it until then. */
  post(lane: Lane, weight: number, send: () => void, posting?: Posting): () => void;
  /** @returns whether it has been handed to an open socket */
  send(frame: string): boolean;
  /** A text from outside without what must not be shown. */
  redact(text: string): string;
  /** Another connection of the exchange on which answers may come. */
  find(connection: string): RequestMatcher | undefined;
}

/** Sends what users have to say on one connection, and finds the answers. */
export class UserRequests {
  /** Messages without answers that wait for the message budgets. */
  private readonly unsent = new Set<(error: Error) => void>();

  constructor(
    private readonly matcher: RequestMatcher,
    private readonly carrier: RequestCarrier,
    private readonly deadlineMs: number,
  ) {}

  /** `request` where answers are matched, else `send`. */
  say(frame: string, options: SendOptions | RequestOptions): Promise<readonly Reply[] | void> {
    return 'match' in options ? this.request(frame, options) : this.send(frame, options);
  }

  /** Resolves when the frame has left. */
  send(frame: string, options: SendOptions): Promise<void> {
    const { weight = 1, lane = 'other', signal, maxWaitMs } = options;
    return new Promise((resolve, reject) => {
      checkSend(options);
      if (signal?.aborted) return reject(asError(signal.reason));
      if (!this.carrier.isUp()) return reject(this.closed);
      let withdraw = nothing;
      const settle = (): void => {
        this.unsent.delete(refuse);
        signal?.removeEventListener('abort', abort);
      };
      const refuse = (error: Error): void => {
        settle();
        withdraw();
        reject(error);
      };
      const abort = (): void => refuse(asError(signal?.reason));
      this.unsent.add(refuse);
      signal?.addEventListener('abort', abort);
      const leave = (): void => {
        settle();
        if (this.carrier.send(frame)) resolve();
        else reject(this.closed);
      };
      try {
        withdraw = this.carrier.post(lane, weight, leave, this.posting(options, maxWaitMs, refuse));
      } catch (error) {
        refuse(asError(error));
      }
    });
  }

  /** Resolves with the answers once all have come, in the order in which they came. Registered first, sent then. */
  request(
    frame: string,
    options: RequestOptions,
    purpose: RequestPurpose = 'other',
  ): Promise<readonly Reply[]> {
    const { weight = 1, lane = 'other', deadlineMs = this.deadlineMs, maxWaitMs = deadlineMs } = options;
    let withdraw = nothing;
    return this.open(purpose, options.match, options, (request) => {
      const leave = (): void => {
        request.left();
        if (!this.carrier.send(frame)) request.fail(this.closed);
      };
      const mayWaitMs = Math.min(maxWaitMs, deadlineMs);
      const posting = this.posting(options, mayWaitMs, (error) => request.fail(error));
      try {
        withdraw = this.carrier.post(lane, weight, leave, posting);
      } catch (error) {
        request.fail(error);
      }
      return () => withdraw();
    });
  }

  /** Says what holds for the socket, ahead of what users say otherwise. */
  async configure(frame: string, { match, ...options }: Omit<SocketMessage, 'frame'>): Promise<void> {
    const ahead = { ...options, lane: 'subscribe' } as const;
    if (match === undefined) await this.send(frame, ahead);
    else await this.request(frame, { ...ahead, match }, 'flags');
  }

  /** Resolves with answers that come from now on, to whatever. */
  expect(match: Match | readonly Match[], options: ExpectOptions): Promise<readonly Reply[]> {
    return this.open('other', match, options, (request) => {
      // Whoever calls for them may have done so.
      request.left();
      return nothing;
    });
  }

  /** The socket is gone or pauses: nothing of what waits will leave. */
  lost(reason: string): void {
    for (const refuse of [...this.unsent]) refuse(this.closed);
    this.matcher.lost(reason);
  }

  private posting(
    { limit }: SendOptions,
    maxWaitMs: number | undefined,
    refused: (error: BudgetError) => void,
  ): Posting {
    return {
      ...(limit !== undefined && { limit }),
      ...(maxWaitMs !== undefined && {
        maxWaitMs,
        refused: (waitMs) =>
          refused(new BudgetError(`A message on ${this.matcher.connection}`, maxWaitMs, waitMs)),
      }),
    };
  }

  /** @throws ConnectionClosedError when its answers come on a connection that is not open */
  private placed(match: Match): PlacedMatch {
    if (match.on === undefined) return { match };
    const on = this.carrier.find(match.on);
    if (!on) throw new ConnectionClosedError(match.on);
    return { match, on };
  }

  private get closed(): ConnectionClosedError {
    return new ConnectionClosedError(this.matcher.connection);
  }

  /** @param begin sends what is to be sent; returns what ends that */
  private open(
    purpose: RequestPurpose,
    match: Match | readonly Match[],
    options: ExpectOptions & SendOptions,
    begin: (request: Request) => () => void,
  ): Promise<readonly Reply[]> {
    const { matcher } = this;
    const { signal, deadlineMs = this.deadlineMs } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(asError(signal.reason));
      if (!this.carrier.isUp()) return reject(this.closed);
      const given = [match].flat();
      checkRequest(given, deadlineMs);
      checkSend(options);
      const matches = given.map((one) => this.placed(one));
      let stop = nothing;
      const abort = (): void => request.cancel();
      const request = matcher.open({ purpose, matches, deadlineMs }, (end) => {
        stop();
        signal?.removeEventListener('abort', abort);
        if (end.ending === 'answered') resolve(end.replies);
        else reject(this.errorOf(end, signal));
      });
      signal?.addEventListener('abort', abort);
      stop = begin(request);
    });
  }

  private errorOf(end: Exclude<RequestEnd, { ending: 'answered' }>, signal?: AbortSignal): Error {
    const { connection } = this.matcher;
    switch (end.ending) {
      case 'refused': {
        // Exchanges quote what they refuse.
        const message = this.carrier.redact(end.refusal.message);
        return new RequestRefusedError(connection, { ...end.refusal, message }, end);
      }
      case 'timeout':
        return new RequestTimeoutError(connection, end.deadlineMs, end);
      case 'lost':
        return new RequestLostError(end.connection, end.reason, end);
      case 'cancelled':
        return asError(signal?.reason);
      case 'failed':
        return asError(end.error);
    }
  }
}
