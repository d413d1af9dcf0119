import type { Clock } from '@exchange-stream/market-data';
import type { Session, SocketEndpoint } from '../../contract/index.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { RequestMatcher } from '../requests/request-matcher.ts';
import { messageOf } from '../errors.ts';
import type { FrameSink } from './frame-sink.ts';
import { OversizeFrameError, unpackerOf, type Unpack } from './unpack.ts';
import { UndecodableFrames, type UndecodableFrame } from './undecodable-frames.ts';
import type { WireStream } from './wire-stream.ts';

/** How frames are read, and how much of what cannot be read is borne with. */
export interface FrameReaderSettings {
  readonly endpoint: SocketEndpoint;
  readonly maxFrameBytes: number;
  readonly undecodableFrames: number;
  readonly undecodableWindowMs: number;
}

/** What a reader needs from around it. */
export interface FrameReaderEnvironment {
  readonly clock: Clock;
  readonly statistics: ExchangeStatistics;
  readonly matcher: RequestMatcher;
  readonly sink: FrameSink;
  /** A frame was of a topic that is wanted. */
  routed(): void;
  /** A frame was of nobody knows what. */
  unreadable(reason: string): void;
  /** The connection, or what stands in its way, is broken. */
  unbearable(reason: string): void;
}

/** Reads the frames of one connection through its session into the sink, whatever they hold. */
export class FrameReader {
  private readonly unpack: Unpack | undefined;
  private readonly problems: UndecodableFrames;

  constructor(
    private readonly settings: FrameReaderSettings,
    private readonly environment: FrameReaderEnvironment,
  ) {
    const { endpoint, maxFrameBytes, undecodableFrames, undecodableWindowMs } = settings;
    this.unpack = unpackerOf(endpoint.compression, maxFrameBytes);
    this.problems = new UndecodableFrames(undecodableFrames, undecodableWindowMs, environment.clock);
  }

  /** The newest frames that could not be read, oldest first. */
  get undecodable(): readonly UndecodableFrame[] {
    return this.problems.newest;
  }

  /** A fresh socket is judged by its own frames. */
  restart(): void {
    this.problems.restart();
  }

  /** @param session who understands the frames; without one they are counted only */
  read(session: Session<WireStream> | undefined, data: Buffer, binary: boolean, receivedAt: number): void {
    const { statistics, matcher, sink } = this.environment;
    statistics.frames++;
    statistics.bytes += data.length;
    const { routed } = sink;
    let frame = data;
    matcher.nextFrame();
    // Text comes as it is, on endpoints that pack their frames too.
    const isPacked = binary && this.unpack !== undefined;
    sink.begin(frame, receivedAt);
    try {
      if (isPacked) sink.begin((frame = this.unpack(data)), receivedAt);
      session?.onFrame(frame, binary && !isPacked, receivedAt, sink);
      if (matcher.readsFrames) matcher.frame(sink.text());
      if (sink.routed !== routed) this.environment.routed();
    } catch (error) {
      sink.undecodable(frame, error);
      this.environment.unreadable(messageOf(error));
      this.bear(frame, error, receivedAt);
    }
    sink.end();
  }

  /** One bad frame is the exchange's mistake; many say that this connection, or what stands in its way, is broken. */
  private bear(frame: Buffer, error: unknown, receivedAt: number): void {
    const isTooMany = this.problems.add(frame, error, receivedAt);
    // As with a frame that is too large as it comes: who sends one is not somebody to go on with.
    if (error instanceof OversizeFrameError) return this.environment.unbearable(error.message);
    if (!isTooMany) return;
    const { undecodableFrames, undecodableWindowMs } = this.settings;
    this.environment.unbearable(
      `${undecodableFrames} frames within ${undecodableWindowMs} ms could not be decoded`,
    );
  }
}
