import type { Clock } from '@exchange-stream/market-data';
import type { ControlFrame, MessageId, Session, SocketEndpoint } from '../../contract/index.ts';
import type { AuditedConnection } from '../audit/audited.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { LoginOutcome } from '../connection/login.ts';
import { secretsAmong, withoutSecrets } from '../connection/secrets.ts';
import { StreamingConnection } from '../connection/streaming-connection.ts';
import type { StreamingEnvironment } from '../connection/streaming-settings.ts';
import { Consumers } from '../dispatch/consumers.ts';
import type { EngineTuning } from '../options.ts';
import type { RequestReport, RequestReporter } from '../requests/request-report.ts';
import type { StandingMessages } from '../requests/standing-messages.ts';
import type { UserRequests } from '../requests/user-requests.ts';
import type { ConnectionDefinition, LoginHandle } from './connection-definition.ts';
import { atOnce } from '../dispatch/at-once.ts';
import { DefinedLogin } from './defined-login.ts';
import { DefinedTopic } from './defined-topic.ts';
import { LoginMessages } from './login-messages.ts';
import { asError } from '../errors.ts';

/** Its heartbeat watches such a connection: what traffic is due on it only its user knows. */
const NO_TRAFFIC_DEADLINE_MS = 2 ** 31 - 1;

/** Pieces of a URL's path that are longer are taken for tokens. */
const MIN_TOKEN_LENGTH = 16;

/** What a user-defined connection needs from around it. */
export interface DefinedConnectionEnvironment extends Omit<
  StreamingEnvironment,
  | 'adapter'
  | 'requested'
  | 'emptied'
  | 'released'
  | 'full'
  | 'expiring'
  | 'losing'
  | 'pausing'
  | 'beginsAnew'
  | 'marketStatus'
> {
  readonly exchange: string;
  readonly tuning: Required<EngineTuning>;
  /** A request has ended; `reporter` is told in place of the stream's own. */
  requested(report: RequestReport, reporter: RequestReporter | undefined): void;
  /** The proxy on the way to the exchange. */
  readonly proxy: () => string | undefined;
  /** Connection attempts of the exchange: they count wherever they go. */
  readonly connects: SocketEndpoint['limits']['connects'];
}

/** Whose socket it is. */
export interface SocketUser {
  readonly nextId: () => MessageId;
  /** What is said on every fresh socket before topics are asked for. */
  readonly standing: StandingMessages;
  frame(text: string): void;
  /** What the user's code has thrown. */
  failed(consumer: string, error: Error): void;
  opened(): void;
  lost(): void;
  /** No topic is left on it, or the exchange does not let it in. */
  emptied(): void;
}

/** One socket of a user-defined connection: a session made of the definition, on a connection that lives like every other. */
export class DefinedSocket {
  /** The exchange does not let it in. */
  isDenied = false;
  readonly connection: StreamingConnection;
  private readonly topics = new Map<string, DefinedTopic>();
  /** Those who log in. */
  private readonly listeners: Consumers<string>;
  private secrets: readonly string[] = [];

  constructor(
    id: string,
    private readonly definition: ConnectionDefinition,
    private readonly environment: DefinedConnectionEnvironment,
    private readonly user: SocketUser,
  ) {
    const { exchange, tuning, report, platform } = environment;
    const { name, url, maxFrameBytes = tuning.maxFrameBytes } = definition;
    this.listeners = new Consumers((consumer, error) => user.failed(consumer, error));
    const proxied = (urls: readonly string[]): { urls: readonly string[]; proxy?: string } => {
      const proxy = environment.proxy();
      return proxy === undefined ? { urls } : { urls, proxy };
    };
    this.connection = new StreamingConnection(
      {
        ...tuning,
        maxFrameBytes,
        requireMatch: definition.requireMatch ?? false,
        nextId: user.nextId,
        standing: user.standing,
        trafficTimeoutMs: NO_TRAFFIC_DEADLINE_MS,
        id,
        exchange,
        endpointKey: name,
        endpoint: endpointOf(definition, environment.connects),
        redact: (text) => withoutSecrets(text, this.secrets),
        route: () => proxied(typeof url === 'string' ? [url] : []),
        ...(typeof url !== 'string' && { findUrl: () => this.findUrl(url) }),
        ...(definition.authenticate !== undefined && {
          login: (outcome) => this.createLogin(outcome, platform.clock),
        }),
      },
      {
        ...environment,
        requested: (request) => environment.requested(request, definition.requestReporter),
        adapter: { createSession: () => this.createSession() },
        report: (event) => {
          if (event.type === 'connection' && event.connection.state === 'open') user.opened();
          report(event);
        },
        emptied: () => user.emptied(),
        released: () => undefined,
        full: () => undefined,
        // Nobody knows what its topics carry, so that nothing can be handed over: it is dialled anew.
        expiring: () => false,
        losing: () => user.lost(),
        pausing: () => user.lost(),
        beginsAnew: () => undefined,
        marketStatus: () => undefined,
      },
    );
  }

  get id(): string {
    return this.connection.id;
  }

  get isOpen(): boolean {
    return this.connection.isOpen;
  }

  /** Topics on it, on their way there or out. */
  get size(): number {
    return this.connection.size;
  }

  view(): ConnectionView {
    return this.connection.view();
  }

  audited(): AuditedConnection {
    return this.connection.audited();
  }

  open(): void {
    this.connection.open();
  }

  /** Takes what is stuck on; see `StreamingConnection.unstick`. */
  unstick(inconsistency: Inconsistency): string {
    return this.connection.unstick(inconsistency);
  }

  add(name: string): void {
    const topic = new DefinedTopic(name);
    this.topics.set(name, topic);
    this.connection.add(name, topic);
  }

  remove(name: string): void {
    const topic = this.topics.get(name);
    this.topics.delete(name);
    if (topic) this.connection.remove(name, topic);
  }

  recycle(reason: string): void {
    this.connection.recycle(reason);
  }

  reroute(reason: string): void {
    this.connection.reroute(reason);
  }

  get requests(): UserRequests {
    return this.connection.requests;
  }

  async close(): Promise<void> {
    await this.connection.close(this.environment.tuning.closeDeadlineMs);
  }

  private async findUrl(source: () => string | Promise<string>): Promise<string> {
    const url = await source();
    this.secrets = URL.canParse(url) ? secretsOf(new URL(url)) : [];
    return url;
  }

  private createLogin(outcome: LoginOutcome, clock: Clock): DefinedLogin {
    return new DefinedLogin(
      (signal) => this.definition.authenticate?.(this.loginHandle(signal)) ?? Promise.resolve(),
      this.environment.tuning.handshakeTimeoutMs,
      clock,
      {
        ...outcome,
        refused: (...refusal) => {
          this.isDenied = true;
          outcome.refused(...refusal);
        },
      },
    );
  }

  private loginHandle(signal: AbortSignal): LoginHandle {
    signal.addEventListener('abort', () => this.listeners.clear());
    return new LoginMessages(this.connection, this.user.nextId, this.listeners, signal);
  }

  private createSession(): Session {
    return {
      subscribe: (topics) => this.framesFor('subscriber', topics),
      unsubscribe: (topics) => this.framesFor('unsubscriber', topics),
      onFrame: (frame, _binary, _receivedAt, sink) => {
        const text = frame.toString('utf8');
        const key = this.keyOf(text);
        if (key !== undefined) sink.reply(String(key));
        this.listeners.deliver(text);
        this.user.frame(text);
      },
    };
  }

  private keyOf(text: string): MessageId | undefined {
    try {
      return atOnce(this.definition.keyOf?.(text));
    } catch (error) {
      this.user.failed('keyOf', asError(error));
      return undefined;
    }
  }

  /** What the user's code makes of topics; nothing, where it fails. */
  private framesFor(name: 'subscriber' | 'unsubscriber', topics: readonly string[]): ControlFrame[] {
    try {
      const frames = atOnce(this.definition[name]?.(topics, this.user.nextId)) ?? [];
      return frames.map((frame: unknown) => {
        if (typeof frame !== 'string') throw new TypeError(`A frame is ${typeof frame}, not text.`);
        return { frame, replies: [] };
      });
    } catch (error) {
      this.user.failed(name, asError(error));
      return [];
    }
  }
}

function endpointOf(
  { messages, messagesOfKinds, topicsPerMessage, heartbeat, replyDeadlineMs }: ConnectionDefinition,
  connects: SocketEndpoint['limits']['connects'],
): SocketEndpoint {
  return {
    kind: 'public',
    baseUrls: { live: [], testnet: [] },
    path: '',
    limits: {
      topicsPerConnection: { documented: Infinity, safe: Infinity },
      topicsPerMessage: topicsPerMessage ?? { documented: 100, safe: 100 },
      messages: messages ?? { documented: 5, safe: 5, windowMs: 1_000 },
      connects,
      ...(messagesOfKinds && { ofKinds: messagesOfKinds }),
    },
    heartbeat: heartbeat ?? { sender: 'client', intervalMs: 20_000, deadlineMs: 60_000 },
    ackDeadlineMs: replyDeadlineMs ?? 10_000,
  };
}

function secretsOf({ pathname, searchParams, username, password }: URL): string[] {
  const tokens = pathname.split('/').filter(({ length }) => length >= MIN_TOKEN_LENGTH);
  return secretsAmong([pathname, ...tokens, ...searchParams.values(), username, password]);
}
