import type { Socket } from 'node:net';
import type { Clock } from '@exchange-stream/market-data';
import type { Chunk, ToxicStage } from './toxic-stage.ts';
import type { Toxic } from './toxic.ts';

/** What may be on its way at once; beyond it the sender is not read. Room for 100 ms of a busy feed. */
const IN_FLIGHT_BYTES = 1024 * 1024;

type Ending = 'end' | 'reset';

/** One direction of one connection: reads the source, leads it through the stages, writes the destination. */
export class ToxicPipe {
  private readonly stages = new Map<Toxic, ToxicStage>();
  private readonly queue: Chunk[] = [];
  private inFlightBytes = 0;
  private ending: Ending | undefined;
  private pumping = false;
  private stopped = false;

  constructor(
    private readonly source: Socket,
    private readonly destination: Socket,
    private readonly clock: Clock,
  ) {
    source.on('data', (bytes: Buffer) => this.onData(bytes));
    source.on('end', () => this.onEnding('end'));
    // A sender that vanished mid-way reaches the receiver through the stages too: a black hole hides it.
    source.on('close', (hadError) => this.onEnding(hadError ? 'reset' : 'end'));
    destination.on('close', () => this.stop());
  }

  add(toxic: Toxic, stage: ToxicStage): void {
    if (this.stopped) stage.release();
    else this.stages.set(toxic, stage);
  }

  remove(toxic: Toxic): void {
    this.stages.get(toxic)?.release();
    this.stages.delete(toxic);
  }

  /** Nothing arrives any more, and nothing waits. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.queue.length = 0;
    for (const stage of this.stages.values()) stage.release();
    this.stages.clear();
    // Read on, or the sender's end of stream would never be seen.
    this.source.resume();
  }

  private onData(bytes: Buffer): void {
    if (this.stopped) return;
    this.queue.push({ bytes, readAt: this.clock.monotonic() });
    this.inFlightBytes += bytes.length;
    if (this.inFlightBytes >= IN_FLIGHT_BYTES) this.source.pause();
    void this.pump();
  }

  private onEnding(ending: Ending): void {
    this.ending ??= ending;
    void this.pump();
  }

  /** Only one runs at a time, so that bytes keep their order whatever the stages do. */
  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    for (let chunk = this.queue.shift(); chunk !== undefined; chunk = this.queue.shift()) {
      await this.lead([...this.stages.values()], chunk);
      this.inFlightBytes -= chunk.bytes.length;
      if (this.inFlightBytes < IN_FLIGHT_BYTES) this.source.resume();
    }
    const { ending } = this;
    if (ending !== undefined && !this.stopped) {
      await this.leadEnding([...this.stages.values()], ending);
      return;
    }
    this.pumping = false;
  }

  private lead([first, ...others]: readonly ToxicStage[], chunk: Chunk): Promise<void> {
    if (first === undefined) return this.write(chunk.bytes);
    return first.pass(chunk, (passed) => this.lead(others, passed));
  }

  private leadEnding([first, ...others]: readonly ToxicStage[], ending: Ending): Promise<void> {
    if (first !== undefined) return first.end(() => this.leadEnding(others, ending));
    if (ending === 'end') this.destination.end();
    else this.destination.resetAndDestroy();
    return Promise.resolve();
  }

  private write(bytes: Buffer): Promise<void> {
    const { destination } = this;
    if (this.stopped || !destination.writable) return Promise.resolve();
    if (destination.write(bytes)) return Promise.resolve();
    return new Promise((resolve) => {
      const onRoom = (): void => {
        destination.off('drain', onRoom);
        destination.off('close', onRoom);
        resolve();
      };
      destination.on('drain', onRoom);
      destination.on('close', onRoom);
    });
  }
}
