import type { EncodedMessage } from './feed-message.ts';

/** How much may wait for a client that reads too slowly. */
export interface OutboxLimits {
  /** Bytes of messages, whole books not counted. */
  readonly bytes: number;
  readonly messages: number;
}

/** Most bytes of one batch, so that little is out of reach once the client stops reading. A larger message goes alone. */
const BATCH_BYTES = 256 * 1024;

interface Entry extends EncodedMessage {
  readonly wholeBook: boolean;
}

/**
 * Messages that wait to be sent to one client. Whole books are large, and after an outage all of a client's books come
 * anew at once; so they do not count toward the limit, and the owner adds one only while there is room.
 */
export class Outbox {
  private entries: Entry[] = [];
  private bookBytes = 0;
  private otherBytes = 0;

  constructor(private readonly limits: OutboxLimits) {}

  get length(): number {
    return this.entries.length;
  }

  get bytes(): number {
    return this.bookBytes + this.otherBytes;
  }

  /** Whether a whole book may be added: what waits is little. */
  get hasRoom(): boolean {
    return this.bytes < Math.min(BATCH_BYTES, this.limits.bytes / 2);
  }

  get overflows(): boolean {
    return this.otherBytes > this.limits.bytes || this.entries.length > this.limits.messages;
  }

  add(message: EncodedMessage, wholeBook = false): void {
    this.entries.push({ ...message, wholeBook });
    if (wholeBook) this.bookBytes += message.bytes;
    else this.otherBytes += message.bytes;
  }

  /** The next messages to send together, at least one while any waits. */
  takeBatch(): string[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.entries) {
      if (count > 0 && bytes + entry.bytes > BATCH_BYTES) break;
      bytes += entry.bytes;
      count++;
    }
    return this.entries.splice(0, count).map((entry) => {
      if (entry.wholeBook) this.bookBytes -= entry.bytes;
      else this.otherBytes -= entry.bytes;
      return entry.text;
    });
  }

  clear(): void {
    this.entries = [];
    this.bookBytes = 0;
    this.otherBytes = 0;
  }
}
