import type { ExchangeAdapter, Session } from '../../contract/index.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { FrameProblems } from '../lifecycle/frame-problems.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import { ConnectBudget } from './connect-budget.ts';
import { Connection, type ConnectionSettings } from './connection.ts';
import type { ConnectionView } from './connection-state.ts';
import { FrameSink } from './frame-sink.ts';
import type { TopicHolder } from './topic-holder.ts';
import { TopicReconciler } from './topic-reconciler.ts';
import { TrafficWatch } from './traffic-watch.ts';
import { OversizeFrameError, unpackerOf, type Unpack } from './unpack.ts';
import { UndecodableFrames } from './undecodable-frames.ts';
import type { WireStream } from './wire-stream.ts';

/** What a streaming connection is made with. */
export interface StreamingSettings extends ConnectionSettings {
  readonly trafficTimeoutMs: number;
  readonly undecodableFrames: number;
  readonly undecodableWindowMs: number;
}

/** What a streaming connection needs from around it. */
export interface StreamingEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly platform: Platform;
  readonly statistics: ExchangeStatistics;
  readonly report: LifecycleListener;
  readonly problems: FrameProblems;
  /** No topic is left on the connection. */
  emptied(connection: StreamingConnection): void;
}

/** A connection that carries topics: the socket's life, the protocol's session, and what should be subscribed. */
export class StreamingConnection {
  private readonly connection: Connection;
  private readonly topics: TopicReconciler;
  private readonly sink: FrameSink;
  private readonly undecodable: UndecodableFrames;
  private readonly traffic: TrafficWatch;
  private readonly unpack: Unpack | undefined;
  private session: Session<WireStream> | undefined;
  private lastId = 0;

  constructor(
    private readonly settings: StreamingSettings,
    private readonly environment: StreamingEnvironment,
  ) {
    const { platform, report, statistics } = environment;
    this.topics = new TopicReconciler(settings, platform, {
      send: (frame) => this.connection.send(frame),
      emptied: () => environment.emptied(this),
    });
    this.sink = new FrameSink({
      statistics,
      stream: (topic) => this.topics.stream(topic),
      reply: (key, refusal) => {
        if (!this.topics.reply(key, refusal)) statistics.ignore('reply nobody waits for');
      },
      pong: () => statistics.ignore('pong'),
      answer: (frame) => this.connection.send(frame),
      closing: (reason) => this.connection.recycle(reason),
      paused: () => statistics.ignore('pause'),
      resumed: (reason) => this.connection.recycle(reason),
      marketStatus: () => statistics.ignore('market status'),
      problem: (problem, detail) => environment.problems.add(settings.id, problem, detail),
    });
    this.unpack = unpackerOf(settings.endpoint.compression, settings.maxFrameBytes);
    this.undecodable = new UndecodableFrames(
      settings.undecodableFrames,
      settings.undecodableWindowMs,
      platform.clock,
    );
    this.traffic = new TrafficWatch(platform.clock, settings.trafficTimeoutMs, (reason) =>
      this.connection.recycle(reason),
    );
    const connects = new ConnectBudget(platform.budgets, settings.exchange, settings.endpoint);
    this.connection = new Connection(settings, platform, connects, {
      opened: (url) => this.opened(url),
      frame: (data, binary, receivedAt) => this.read(data, binary, receivedAt),
      lost: (reason) => this.lost(reason),
      changed: (previous) => report({ type: 'connection', connection: this.view(), previous }),
    });
  }

  get id(): string {
    return this.settings.id;
  }

  get endpointKey(): string {
    return this.settings.endpointKey;
  }

  /** Topics that still fit. */
  get room(): number {
    return this.settings.endpoint.limits.topicsPerConnection.safe - this.topics.size;
  }

  view(): ConnectionView {
    const { newest } = this.undecodable;
    return {
      ...this.connection.view(),
      topics: this.topics.size,
      ...(newest.length > 0 && { undecodableFrames: newest }),
    };
  }

  carries(topic: string): boolean {
    return this.topics.has(topic);
  }

  add(topic: string, holder: TopicHolder): void {
    this.topics.add(topic, holder);
    this.connection.open();
  }

  remove(topic: string, holder: TopicHolder): void {
    this.topics.remove(topic, holder);
  }

  /** Gives a topic back and asks for it again; no other topic notices. */
  renew(topic: string, reason: string): void {
    this.topics.renew(topic, reason);
  }

  /** Where the exchange is reached has changed. */
  reroute(reason: string): void {
    this.connection.reroute(reason);
  }

  close(deadlineMs: number): Promise<void> {
    this.topics.stop();
    this.traffic.stop();
    return this.connection.close(deadlineMs);
  }

  private opened(url: string): void {
    const { statistics, adapter } = this.environment;
    if (this.connection.reconnects > 0) statistics.reconnects++;
    this.undecodable.restart();
    this.traffic.start();
    this.session = adapter.createSession<WireStream>({
      endpoint: this.settings.endpointKey,
      url,
      nextId: () => ++this.lastId,
    });
    this.topics.opened(this.session);
  }

  private read(data: Buffer, binary: boolean, receivedAt: number): void {
    const { statistics } = this.environment;
    statistics.frames++;
    statistics.bytes += data.length;
    const { routed } = this.sink;
    let frame = data;
    // Text comes as it is, on endpoints that pack their frames too.
    const isPacked = binary && this.unpack !== undefined;
    this.sink.begin(frame, receivedAt);
    try {
      if (isPacked) this.sink.begin((frame = this.unpack(data)), receivedAt);
      this.session?.onFrame(frame, binary && !isPacked, receivedAt, this.sink);
      if (this.sink.routed !== routed) this.traffic.traffic();
    } catch (error) {
      this.sink.undecodable(frame, error);
      const isTooMany = this.undecodable.add(frame, error, receivedAt);
      // As with a frame that is too large as it comes: who sends one is not somebody to go on with.
      if (error instanceof OversizeFrameError) this.connection.recycle(error.message);
      else if (isTooMany) this.recycleOverFrames();
    }
  }

  /** One bad frame is the exchange's mistake; many say that this connection, or what stands in its way, is broken. */
  private recycleOverFrames(): void {
    const { undecodableFrames, undecodableWindowMs } = this.settings;
    this.connection.recycle(
      `${undecodableFrames} frames within ${undecodableWindowMs} ms could not be decoded`,
    );
  }

  private lost(reason: string): void {
    this.session = undefined;
    this.traffic.stop();
    this.topics.lost(reason);
  }
}
