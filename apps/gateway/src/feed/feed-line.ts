import type { FeedErrorBody } from './feed-error.ts';

/** The way to one client: what the feed needs of a socket. */
export interface FeedLine {
  readonly id: string;
  /** Whether the last batch has left; until then nothing more is handed over. */
  readonly writable: boolean;
  /** Bytes of replies and notices handed over since the line was last writable. */
  readonly backlog: number;
  /** Sends messages, already encoded, as one event `data`. */
  sendData(messages: readonly string[]): void;
  sendError(error: FeedErrorBody): void;
  /** Calls back whenever the line becomes writable. */
  onWritable(listener: () => void): void;
  /** Says goodbye to the client and closes; cuts the line when that takes too long. */
  close(): void;
}
