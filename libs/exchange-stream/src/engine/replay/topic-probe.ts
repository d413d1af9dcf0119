import type { ControlFrame, Session, Sink, Stream } from '../../contract/index.ts';

/**
 * Tells which topics a frame is of before it is read in earnest. A frame need not name its topic, and a session then asks
 * for each one that may be meant; which of them a recording is about can only be decided once all are known. So a session
 * of its own, in step with the real one, reads every frame first and everything but its questions is dropped.
 */
export class TopicProbe implements Sink {
  private asked: string[] = [];

  constructor(private readonly session: Session) {}

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    return this.session.subscribe(topics);
  }

  /** The topics that a frame may be of, in the order in which the session looks for them. */
  topicsOf(frame: Buffer, binary: boolean, receivedAt: number): readonly string[] {
    this.asked = [];
    try {
      this.session.onFrame(frame, binary, receivedAt, this);
    } catch {
      // The real session throws the same, and there it counts.
    }
    return this.asked;
  }

  stream(topic: string): Stream | undefined {
    this.asked.push(topic);
    return undefined;
  }

  of(): undefined {}
  trade(): void {}
  recentTrades(): void {}
  quote(): void {}
  ticker(): void {}
  tickerUpdate(): void {}
  derivatives(): void {}
  option(): void {}
  liquidation(): void {}
  platformStatus(): void {}
  candle(): void {}
  bookSnapshot(): void {}
  bookUpdate(): void {}
  bookOrdersSnapshot(): void {}
  bookOrdersUpdate(): void {}
  account(): void {}
  framesCountFrom(): void {}
  frameNumber(): boolean {
    return true;
  }
  reply(): void {}
  pong(): void {}
  answer(): void {}
  tokenLost(): void {}
  closing(): void {}
  paused(): void {}
  resumed(): void {}
  marketStatus(): void {}
  ignored(): void {}
  unhandled(): void {}
  rejected(): void {}
}
