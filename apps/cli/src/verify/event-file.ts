import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { MarketEvent } from '@exchange-stream/market-data';
import { CommandFailure } from '../command-failure.ts';
import { UNREADABLE } from './exit-codes.ts';

/** Events as JSON lines, in the order in which a consumer would receive them. */
export class EventFile {
  private readonly stream: WriteStream;
  private full = false;
  private failure: Error | undefined;

  private constructor(private readonly path: string) {
    this.stream = createWriteStream(path);
    // The disk may fill up while nobody waits for it.
    this.stream.on('error', (error) => (this.failure = error));
  }

  /** @throws CommandFailure when the file cannot be written */
  static async create(path: string): Promise<EventFile> {
    const file = new EventFile(path);
    await file.until('open');
    return file;
  }

  write(event: MarketEvent): void {
    this.full = !this.stream.write(`${JSON.stringify(event)}\n`);
  }

  /**
   * Waits until the disk has kept up.
   * @throws CommandFailure when the file cannot be written
   */
  async drained(): Promise<void> {
    if (!this.full) return;
    this.full = false;
    await this.until('drain');
  }

  /** @throws CommandFailure when not all of the file could be written */
  async close(): Promise<void> {
    this.stream.end();
    await this.until('finish');
  }

  private async until(event: 'open' | 'drain' | 'finish'): Promise<void> {
    try {
      if (!this.failure) await once(this.stream, event);
    } catch {
      // The listener has it.
    }
    if (!this.failure) return;
    throw new CommandFailure(`${this.path}: cannot be written: ${this.failure.message}`, UNREADABLE);
  }
}
