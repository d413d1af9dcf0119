import type { Instrument, MarketEvent } from '@exchange-stream/market-data';
import type { ExchangeAdapter, Session, SessionContext } from '../../contract/index.ts';
import { FrameSink } from '../connection/frame-sink.ts';
import { unpackerOf, type Unpack } from '../connection/unpack.ts';
import { withDefaults } from '../options.ts';
import { FrameCount } from '../integrity/frame-count.ts';
import type { WireStream } from '../connection/wire-stream.ts';
import type { FrameProblemKind } from '../lifecycle/lifecycle-event.ts';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { RecordedClock } from './recorded-clock.ts';
import type { RecordedLine } from './recorded-line.ts';
import { RecordedSeeds } from './recorded-seeds.ts';
import { RecordedTopics, type TopicCarrier } from './recorded-topics.ts';
import { createReport, type ConnectionReport, type ReplayReport } from './replay-report.ts';
import { TopicProbe } from './topic-probe.ts';
import { messageOf } from '../errors.ts';

/** Something in a recording that should not be there. */
export interface ReplayProblem {
  readonly problem: Exclude<FrameProblemKind, 'unmatched'>;
  readonly detail: string;
}

export interface ReplayOptions {
  /** What the exchange trades; without it symbols are the exchange's own until the recording tells. */
  readonly instruments?: readonly Instrument[];
  /** Called with every event, data and status, as consumers of a live subscription receive them. */
  readonly onEvent?: (event: MarketEvent) => void;
  readonly onProblem?: (problem: ReplayProblem) => void;
}

/** A connection of the recording, with the two sessions that read along. */
interface Connection extends TopicCarrier {
  readonly url: string | null;
  readonly frames: FrameCount;
  readonly session: Session<WireStream>;
  readonly probe: TopicProbe;
  readonly unpack: Unpack | undefined;
}

/**
 * Pushes a recorded session line by line through the sessions, sink, flows and books that a live socket is read with. What
 * time it is, what was subscribed and what REST answered all come from the recording.
 */
export class Replay {
  private readonly clock = new RecordedClock();
  private readonly statistics = new ExchangeStatistics();
  private readonly topics: RecordedTopics;
  private readonly seeds: RecordedSeeds;
  private readonly sink: FrameSink;
  private readonly connections: Connection[] = [];
  private consumerError: Error | undefined;

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly options: ReplayOptions = {},
  ) {
    const { statistics, clock } = this;
    this.topics = new RecordedTopics(adapter, {
      clock,
      statistics,
      event: (event) => options.onEvent?.(event),
      consumerFailed: (error) => (this.consumerError ??= error),
      needSeed: (flow, query, deliver) => this.seeds.request(flow, query, deliver),
    });
    this.seeds = new RecordedSeeds(adapter, (reason) => this.unreadableAnswer(reason));
    this.sink = new FrameSink({
      statistics,
      stream: (topic) => this.topics.find(topic, this.present()),
      reply: (_key, refusal) => {
        statistics.ignore(refusal ? 'refusal' : 'reply');
        return undefined;
      },
      pong: () => statistics.ignore('pong'),
      answer: () => statistics.ignore('request for a sign of life'),
      tokenLost: () => statistics.ignore('closing notice'),
      closing: () => statistics.ignore('closing notice'),
      paused: () => statistics.ignore('pause'),
      resumed: () => statistics.ignore('end of a pause'),
      marketStatus: () => statistics.ignore('market status'),
      problem: (problem, detail) => {
        if (problem !== 'unmatched') options.onProblem?.({ problem, detail: detail() });
      },
      missed: (reason) => {
        this.topics.missed(reason, this.present());
        return true;
      },
    });
    if (options.instruments) this.topics.know(options.instruments);
  }

  /**
   * The next line, in order of time.
   * @throws what `onEvent` threw
   */
  read(line: RecordedLine): void {
    this.clock.moveTo(line.time);
    switch (line.kind) {
      case 'connect':
        this.connected(line.url);
        break;
      case 'send':
        if (!line.binary) this.sent(line.frame.toString('utf8'));
        break;
      case 'recv':
        this.received(line.frame, line.binary, line.time);
        break;
      case 'http':
        this.answered(line.url, line.body);
        break;
    }
    this.seeds.deliver();
    if (this.consumerError) throw this.consumerError;
  }

  /** What has been seen so far. */
  report(): ReplayReport {
    const connections = this.connections.map(
      ({ url, frames: { linksOk, gaps, repeated } }): ConnectionReport => ({ url, linksOk, gaps, repeated }),
    );
    return createReport(this.adapter.exchange, this.statistics, connections, this.topics);
  }

  private connected(url: string): void {
    const connection = this.open(url, url);
    this.subscribed(this.adapter.recording.topicsInUrl(new URL(url)), connection);
  }

  private sent(frame: string): void {
    const topics = this.adapter.recording.topicsInFrame(frame);
    if (topics.length === 0) return;
    const connection = this.present();
    // The frames that a session would send are not wanted; what it has to remember of the topics is.
    connection.session.subscribe(topics);
    connection.probe.subscribe(topics);
    this.subscribed(topics, connection);
  }

  /** Confirmed at once: the answer in the recording goes by the id of a request that this session did not make. */
  private subscribed(topics: readonly string[], connection: Connection): void {
    for (const topic of topics) this.topics.subscribed(topic, connection);
  }

  private received(frame: Buffer, binary: boolean, time: number): void {
    const connection = this.present();
    this.statistics.frames++;
    this.statistics.bytes += frame.length;
    this.sink.begin(frame, time);
    try {
      const isPacked = binary && connection.unpack !== undefined;
      if (isPacked) frame = connection.unpack(frame);
      const isBinary = binary && !isPacked;
      this.topics.appeared(connection.probe.topicsOf(frame, isBinary, time), connection);
      this.sink.begin(frame, time);
      connection.session.onFrame(frame, isBinary, time, this.sink);
    } catch (error) {
      this.sink.undecodable(frame, error);
    }
  }

  private answered(url: URL, body: string): void {
    if (this.seeds.answered(url, body)) return;
    const { instruments } = this.adapter.rest;
    if (!instruments.recognise(url)) return;
    try {
      this.topics.know(instruments.parse(body, undefined, (reason) => this.sink.rejected(undefined, reason)));
    } catch (error) {
      this.unreadableAnswer(messageOf(error));
    }
  }

  private unreadableAnswer(reason: string): void {
    this.statistics.undecodable++;
    this.options.onProblem?.({ problem: 'undecodable', detail: reason });
  }

  /** The connection that frames belong to: the newest, or an unseen one where the recording begins in mid-stream. */
  private present(): Connection {
    return this.connections.at(-1) ?? this.open(null, this.usualUrl());
  }

  private open(recordedUrl: string | null, sessionUrl: string): Connection {
    const endpoint = this.endpointOf(sessionUrl);
    const { compression, largestFrameBytes = 0 } = this.adapter.endpoints[endpoint] ?? {};
    const connection: Connection = {
      endpoint,
      unpack: unpackerOf(compression, Math.max(withDefaults().maxFrameBytes, largestFrameBytes)),
      url: recordedUrl,
      frames: (this.sink.count = new FrameCount()),
      session: this.adapter.createSession<WireStream>(this.context(sessionUrl)),
      probe: new TopicProbe(this.adapter.createSession(this.context(sessionUrl))),
    };
    this.connections.push(connection);
    return connection;
  }

  private context(url: string): SessionContext {
    let lastId = 0;
    return { endpoint: this.endpointOf(url), url, nextId: () => ++lastId };
  }

  /**
   * The endpoint that a recorded URL belongs to, by its host and by the longest path that it begins with. Hosts change over
   * the years and paths too: where no host is right the path alone decides, and where nothing is, it is the first one.
   */
  private endpointOf(url: string): string {
    const { host, pathname } = new URL(url);
    const all = Object.entries(this.adapter.endpoints);
    const ofHost = all.filter(([, { baseUrls }]) =>
      [...baseUrls.live, ...baseUrls.testnet].some((base) => new URL(base).host === host),
    );
    const endpoints = ofHost.length > 0 ? ofHost : all;
    let found = endpoints[0]?.[0] ?? '';
    let longest = 0;
    for (const [key, { path }] of endpoints) {
      const { length } = path.split('?', 1)[0] ?? '';
      if (length <= longest || !pathname.startsWith(path.slice(0, length))) continue;
      found = key;
      longest = length;
    }
    return found;
  }

  private usualUrl(): string {
    const [endpoint] = Object.values(this.adapter.endpoints);
    return `${endpoint?.baseUrls.live[0] ?? 'wss://unknown'}${endpoint?.path ?? '/'}`;
  }
}
