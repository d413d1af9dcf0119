import type { Timer } from '@exchange-stream/market-data';
import type { Refusal, Session } from '../../contract/index.ts';
import type { AuditedConnection } from '../audit/audited.ts';
import { boundsOf } from '../audit/connection-bounds.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { ConnectionToken } from '../credentials/connection-token.ts';
import type { BudgetUse, Lane } from '../limits/budget.ts';
import type { FrameCount } from '../integrity/frame-count.ts';
import { Repetition } from '../integrity/repetition.ts';
import { RequestMatcher } from '../requests/request-matcher.ts';
import type { StandingMessage } from '../requests/standing-messages.ts';
import { UserRequests } from '../requests/user-requests.ts';
import { ConnectBudget } from './connect-budget.ts';
import { Connection } from './connection.ts';
import type { ConnectionFailure, ConnectionState, ConnectionView } from './connection-state.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameSink } from './frame-sink.ts';
import { Introduction } from './introduction.ts';
import { excerpt } from './redaction.ts';
import type { LoginOutcome, LoginProcedure } from './login.ts';
import type { Posting } from './outbox.ts';
import type { StreamingEnvironment, StreamingSettings } from './streaming-settings.ts';
import type { TopicHolder } from './topic-holder.ts';
import { TopicReconciler } from './topic-reconciler.ts';
import { TrafficWatch } from './traffic-watch.ts';
import type { UndecodableFrame } from './undecodable-frames.ts';
import type { WireStream } from './wire-stream.ts';

/** Part of its safe lifetime by which a connection is replaced earlier, at random. */
const LIFETIME_JITTER = 0.05;

/** So often frames may be missing within the window before a connection is given up for a fresh one. */
const FRAME_GAPS = 3;
const FRAME_GAPS_WINDOW_MS = 60_000;

/** Characters of what is wrong with a frame that are told. */
const PROBLEM_CHARACTERS = 200;

/** How much later a token that keeps no deadline is given up. */
const TOKEN_GRACE_MS = 1_000;

/** How long a connection that nobody needs any more waits for the answers to what users have asked on it. */
const LAST_ANSWERS_MS = 30_000;

/** A connection that carries topics: the socket's life, the protocol's session, and what should be subscribed. */
export class StreamingConnection {
  private readonly connection: Connection;
  /** What users have to say on it. */
  readonly requests: UserRequests;
  /** Which of its frames are answers. */
  readonly matcher: RequestMatcher;
  /** The exchange does not let it in. */
  isDenied = false;
  private readonly topics: TopicReconciler;
  private readonly introduction: Introduction;
  private readonly reader: FrameReader;
  private readonly frames: FrameCount;
  private readonly frameGaps: Repetition;
  private readonly traffic: TrafficWatch;
  private readonly login: LoginProcedure | undefined;
  private readonly token: ConnectionToken | undefined;
  /** Everything on it goes over to a fresh one: nothing more is to come here. */
  isLeaving = false;
  private session: Session<WireStream> | undefined;
  private lifetime: Timer | undefined;
  private pause: Timer | undefined;
  /** Until when it waits for the last answers. */
  private farewell: Timer | undefined;

  constructor(
    private readonly settings: StreamingSettings,
    private readonly environment: StreamingEnvironment,
  ) {
    const { platform, report, statistics } = environment;
    const post = (lane: Lane, weight: number, send: () => void, posting?: Posting): (() => void) =>
      this.connection.outbox.post(lane, weight, send, posting);
    const { exchange, id, pendingRequests } = settings;
    this.matcher = new RequestMatcher({
      exchange,
      connection: id,
      clock: platform.clock,
      pendingRequests,
      report: (report) => environment.requested(report),
    });
    this.requests = new UserRequests(
      this.matcher,
      {
        isUp: () => this.connection.isUp && !this.isPaused,
        post,
        send: (frame) => this.connection.send(frame),
        redact: (text) => this.redact(text),
        find: (connection) => {
          const found = environment.find(connection);
          return found?.isOpen ? found.matcher : undefined;
        },
      },
      settings.endpoint.ackDeadlineMs,
    );
    this.topics = new TopicReconciler(settings, platform, {
      post,
      send: (frame) => this.connection.send(frame),
      requests: this.matcher,
      emptied: () => environment.emptied(this),
      released: (topic) => environment.released(this, topic),
      full: (carried) => environment.full(carried),
    });
    const sink = new FrameSink({
      statistics,
      stream: (topic) => this.topics.stream(topic),
      // Exchanges quote what they refuse, and what they complain of: nothing of it gets past here.
      reply: (key, refusal, frame) => {
        if (this.matcher.reply(key, refusal && this.redactRefusal(refusal), frame)) return undefined;
        statistics.ignore('reply nobody waits for');
        const { requireMatch = true } = settings;
        return requireMatch ? this.matcher.unmatched(key) : undefined;
      },
      pong: () => this.connection.pong(),
      answer: (frame) => this.connection.answer(frame),
      tokenLost: (reason) => {
        this.token?.lost();
        this.connection.recycle(`its token holds no more: ${reason}`);
      },
      closing: (reason) =>
        this.expires(`the exchange is about to close the connection: ${this.redact(reason)}`),
      paused: (reason) => this.paused(this.redact(reason)),
      resumed: (reason) => this.resumed(this.redact(reason)),
      marketStatus: (listed, status, reason) =>
        environment.marketStatus(settings.id, listed, status, this.redact(reason)),
      problem: (problem, detail) =>
        environment.problems.add(settings.id, problem, () => this.redact(detail())),
      missed: (reason) => this.missed(reason),
    });
    this.frames = sink.count;
    this.frameGaps = new Repetition(platform.clock, FRAME_GAPS, FRAME_GAPS_WINDOW_MS);
    this.introduction = this.createIntroduction();
    this.traffic = new TrafficWatch(
      platform.clock,
      settings.trafficTimeoutMs,
      settings.isTrafficSteady ?? false,
      (reason) => this.silent(reason),
    );
    this.reader = new FrameReader(settings, {
      clock: platform.clock,
      statistics,
      matcher: this.matcher,
      sink,
      routed: () => this.traffic.traffic(this.connection.frameAt),
      unreadable: (reason) => this.topics.unreadable(this.redact(excerpt(reason, PROBLEM_CHARACTERS))),
      unbearable: (reason) => this.connection.recycle(reason),
    });
    const connects = new ConnectBudget(platform.budgets, settings.exchange, settings.endpoint);
    const login = (this.login = this.createLogin());
    const token = (this.token = settings.token?.({
      expires: (reason) => this.expires(reason),
      refused: (reason, failure) => this.deny(reason, failure),
    }));
    const dialled = token
      ? {
          ...settings,
          findUrl: (url: string) => token.fetch(url),
          // It has a deadline of its own, and more to tell.
          urlDeadlineMs: settings.handshakeTimeoutMs + TOKEN_GRACE_MS,
        }
      : settings;
    this.connection = new Connection(dialled, platform, connects, {
      ...(login && { authenticate: (url) => login.begin(this.createSession(url)) }),
      opened: (url) => this.opened(url),
      frame: (data, binary, receivedAt) => this.reader.read(this.session, data, binary, receivedAt),
      lost: (reason) => this.lost(reason),
      redact: (text) => this.redact(text),
      closed: (code) => statistics.closed(code),
      pingFrame: () => this.session?.ping?.(),
      sent: () => void statistics.messagesSent++,
      changed: (previous) => report({ type: 'connection', connection: this.view(), previous }),
    });
  }

  get id(): string {
    return this.settings.id;
  }

  get endpointKey(): string {
    return this.settings.endpointKey;
  }

  /** Topics on it, or on their way. */
  get size(): number {
    return this.topics.size;
  }

  /** Characters of the names of those topics. */
  get topicCharacters(): number {
    return this.topics.characters;
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  get isOpen(): boolean {
    return this.connection.state === 'open';
  }

  /** Whether it goes the way to the exchange that is preferred now. */
  get isOnRoute(): boolean {
    return this.connection.isOnRoute;
  }

  /** Whether the exchange pauses on it. */
  get isPaused(): boolean {
    return this.pause !== undefined;
  }

  /** How its budget of messages is used at this moment. */
  get messageBudget(): BudgetUse {
    return this.connection.outbox.use;
  }

  view(): ConnectionView {
    const { undecodable } = this.reader;
    return {
      ...this.connection.view(),
      ...this.login?.view?.(),
      topics: this.topics.size,
      ...(undecodable.length > 0 && {
        undecodableFrames: undecodable.map((frame) => this.redactFrame(frame)),
      }),
    };
  }

  add(topic: string, holder: TopicHolder): void {
    this.topics.add(topic, holder);
    this.connection.open();
  }

  remove(topic: string, holder: TopicHolder): void {
    this.topics.remove(topic, holder);
  }

  /** Whether a topic is on it, or on its way there or out. */
  carries(topic: string): boolean {
    return this.topics.has(topic);
  }

  /** As it stands, for whoever looks from time to time whether all is well. */
  audited(): AuditedConnection {
    const { connection, topics } = this;
    const { id, state, reason, since, attempts } = connection.view();
    const { lifelessMs } = connection;
    return {
      id,
      state,
      reason,
      since,
      attempts,
      isPaused: this.isPaused,
      isIntroducing: this.introduction.isUnderWay,
      isLeaving: this.isLeaving,
      backsOff: connection.isBackingOff,
      awaits: connection.awaits,
      ...(lifelessMs !== undefined && { lifelessMs }),
      asked: topics.asked,
      topics: topics.audited(),
      bounds: boundsOf(this.settings),
    };
  }

  /** Takes a topic on that is stuck, or else the connection with it. Returns what was done, in words. */
  unstick({ kind, topic, found }: Inconsistency): string {
    if (topic !== undefined && this.topics.unstick(topic, kind === 'unwanted'))
      return 'the topic was taken on';
    this.connection.restart(found);
    return this.connection.state === 'closed' ? 'cut' : 'given up for a fresh socket';
  }

  /** Begins to connect, whether a topic is wanted or not. */
  open(): void {
    this.connection.open();
  }

  /** Calls back once nothing that users have asked on it waits for its answers, or has for too long. */
  whenAnswered(done: () => void): void {
    this.farewell?.cancel();
    this.farewell = this.environment.platform.clock.after(LAST_ANSWERS_MS, done);
    this.matcher.whenAnswered(() => {
      this.farewell?.cancel();
      this.farewell = undefined;
      done();
    });
  }

  /** Says something that holds for as long as the socket lives; resolves when it is confirmed. */
  async configure(message: StandingMessage): Promise<void> {
    const { frame, ...options } = message(this.settings.nextId);
    await this.requests.configure(frame, options);
  }

  /** Puts one holder of a topic in the place of another; nothing changes on the wire. */
  replace(topic: string, holder: TopicHolder, by: TopicHolder): void {
    this.topics.replace(topic, holder, by);
  }

  /** Gives a topic back and asks for it again; no other topic notices. */
  renew(topic: string, reason: string): void {
    this.topics.renew(topic, reason);
  }

  /** Where the exchange is reached has changed: leaves the present socket, or attempt, for the new way. */
  reroute(reason: string): void {
    this.connection.reroute(reason);
  }

  /** Gives up the present socket for a fresh one. */
  recycle(reason: string): void {
    this.connection.recycle(reason);
  }

  /** We are not let in, and would not be next time: it closes, and whoever wants its topics is told. */
  deny(reason: string, failure: ConnectionFailure): void {
    this.isDenied = true;
    this.connection.deny(reason, failure);
    // Out of the pool first: whoever asks again when told gets a connection of his own.
    this.environment.emptied(this);
    this.topics.giveUpAll('auth', reason);
  }

  close(deadlineMs: number): Promise<void> {
    this.login?.stop();
    this.token?.stop();
    this.topics.stop();
    this.farewell?.cancel();
    this.farewell = undefined;
    this.requests.lost('it was closed');
    this.stopWaiting();
    return this.connection.close(deadlineMs);
  }

  private createLogin(): LoginProcedure | undefined {
    const outcome: LoginOutcome = {
      send: ({ frame, weight = 1, limit }, leaves) => {
        const send = (): void => {
          leaves();
          this.connection.send(frame);
        };
        this.connection.outbox.post('heartbeat', weight, send, limit === undefined ? {} : { limit });
      },
      succeeded: () => this.connection.authenticated(),
      failed: (reason, failure) => this.connection.recycle(reason, failure),
      refused: (reason, failure) => this.deny(reason, failure),
    };
    return this.settings.login?.(outcome, this.matcher);
  }

  private createIntroduction(): Introduction {
    const { exchange, id, standing } = this.settings;
    return new Introduction(standing, {
      configure: ({ frame, ...options }) => this.requests.configure(frame, options),
      configured: (message) => this.configure(message),
      configurationRefused: (name, error) =>
        this.environment.report({
          type: 'consumer-failed',
          exchange,
          subscription: id,
          consumer: `configure "${name}"`,
          error,
        }),
      refused: (frame, { message }) =>
        this.environment.problems.add(id, 'rejected', () => this.redact(`${frame}: ${message}`)),
      failed: (reason) => this.connection.recycle(reason),
    });
  }

  private createSession(url: string): Session<WireStream> {
    this.frames.restart();
    this.session = this.environment.adapter.createSession<WireStream>({
      endpoint: this.settings.endpointKey,
      url,
      nextId: this.settings.nextId,
      ...(this.token?.value !== undefined && { token: this.token.value }),
    });
    return this.session;
  }

  private redact(text: string): string {
    const withoutToken = this.token?.redact(text) ?? text;
    const redacted = this.login?.redact(withoutToken) ?? withoutToken;
    return this.settings.redact?.(redacted) ?? redacted;
  }

  private redactRefusal(refusal: Refusal): Refusal {
    return { ...refusal, code: this.redact(refusal.code), message: this.redact(refusal.message) };
  }

  private redactFrame(frame: UndecodableFrame): UndecodableFrame {
    return { ...frame, problem: this.redact(frame.problem), beginning: this.redact(frame.beginning) };
  }

  private opened(url: string): void {
    const { statistics } = this.environment;
    if (this.connection.reconnects > 0) statistics.reconnects++;
    this.reader.restart();
    this.traffic.start();
    this.watchLifetime();
    this.token?.opened();
    // The session that has logged in knows the connection.
    const session = this.session ?? this.createSession(url);
    this.introduction.begin(session, () => this.topics.opened(session));
  }

  private lost(reason: string): void {
    this.session = undefined;
    this.introduction.stop();
    this.login?.stop();
    this.token?.stop();
    this.stopWaiting();
    this.requests.lost(reason);
    this.environment.losing(this, reason);
    this.topics.lost(reason);
  }

  private stopWaiting(): void {
    this.traffic.stop();
    this.lifetime?.cancel();
    this.endPause();
  }

  /** Connections that were opened together are not to be replaced together. */
  private watchLifetime(): void {
    const lifetimeMs = this.settings.endpoint.limits.lifetimeMs?.safe;
    if (lifetimeMs === undefined) return;
    const ageMs = lifetimeMs * (1 - LIFETIME_JITTER * this.environment.platform.random.next());
    this.lifetime = this.environment.platform.clock.after(ageMs, () =>
      this.expires('the exchange closes connections at a certain age'),
    );
  }

  private expires(reason: string): void {
    if (!this.environment.expiring(this, reason)) this.connection.recycle(reason);
  }

  /** Whose markets have all stopped, or who carries messages only, is not found silent. */
  private silent(reason: string): boolean {
    const { expectsData } = this.topics;
    if (expectsData) this.connection.recycle(reason);
    return expectsData;
  }

  /**
   * Frames are missing, of whatever topics: what was built of them begins anew where it is. A connection on which that
   * happens again and again is given up.
   */
  private missed(reason: string): boolean {
    this.topics.missed(reason);
    if (this.frameGaps.happened()) this.connection.recycle(`${reason}, and so were others before`);
    return this.isOpen;
  }

  /** The exchange is not to be talked to until it resumes: nothing is asked, and nothing is expected. */
  private paused(reason: string): void {
    const { clock } = this.environment.platform;
    if (this.isPaused) return;
    // Nothing is subscribed yet, and a login that waits for the end of a pause would be neither open nor shut.
    if (!this.isOpen) return this.connection.recycle(`the exchange pauses: ${reason}`);
    const { pauseDeadlineMs } = this.settings;
    this.pause = clock.after(pauseDeadlineMs, () => {
      this.connection.recycle(`the exchange has paused for ${pauseDeadlineMs} ms: ${reason}`);
    });
    this.traffic.stop();
    this.connection.pause(`paused by the exchange: ${reason}`);
    this.requests.lost(`the exchange pauses: ${reason}`);
    this.reportPause('paused', reason);
    this.environment.pausing(this, reason);
    this.topics.paused(`the exchange pauses: ${reason}`);
  }

  private resumed(reason: string): void {
    const { session } = this;
    // Before the login nothing was subscribed, and nothing may be asked for.
    if (!session || !this.isOpen) return;
    const wasPaused = this.isPaused;
    this.endPause();
    this.connection.resume(`resumed by the exchange: ${reason}`);
    this.reportPause('resumed', reason);
    this.traffic.stop();
    this.traffic.start();
    // What is not confirmed yet comes before topics, now as before.
    if (this.introduction.isUnderWay) return;
    // Without a pause before it, it says that everything is to be asked for again all the same.
    if (!wasPaused) this.topics.paused(`the exchange resumes: ${reason}`);
    this.environment.beginsAnew(this);
    this.topics.resumed(session, `the exchange resumes: ${reason}`);
  }

  private reportPause(change: 'paused' | 'resumed', reason: string): void {
    const { exchange, id } = this.settings;
    this.environment.report({ type: 'pause', exchange, connection: id, change, reason });
  }

  private endPause(): void {
    this.pause?.cancel();
    this.pause = undefined;
  }
}
