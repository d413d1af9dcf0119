import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { MarketEvent } from '@exchange-stream/market-data';
import { CommandFailure } from '../command-failure.ts';
import { UNREADABLE } from './exit-codes.ts';

/** Events as JSON lines, in the order in which a consumer would receive them. */
export class EventFile {
  private readonly stream: WriteStream;
  private full = false;

  private constructor(private readonly path: string) {
    this.stream = createWriteStream(path);
  }

  /** @throws CommandFailure when the file cannot be written */
  static async create(path: string): Promise<EventFile> {
    const file = new EventFile(path);
    await file.settled(once(file.stream, 'open'));
    return file;
  }

  write(event: MarketEvent): void {
    this.full = !this.stream.write(`${JSON.stringify(event)}\n`);
  }

  /** Waits until the disk has kept up. */
  async drained(): Promise<void> {
    if (!this.full) return;
    this.full = false;
    await this.settled(once(this.stream, 'drain'));
  }

  async close(): Promise<void> {
    const finished = once(this.stream, 'finish');
    this.stream.end();
    await this.settled(finished);
  }

  private async settled(event: Promise<unknown>): Promise<void> {
    try {
      await event;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(`${this.path}: cannot be written: ${reason}`, UNREADABLE);
    }
  }
}
