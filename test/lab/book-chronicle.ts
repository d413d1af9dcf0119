import type { LabExchange } from './twin/index.ts';

/** More than a market changes while frames are late. */
const KEPT = 3_000;
const TOP_LEVELS = 10;

interface Entry {
  /** The number that clients know it by; absent where lab numbers none. */
  readonly sequence: number | undefined;
  readonly text: string;
}

/** Every book that lab has shown, under the number that it had: what clients may hold. */
export class BookChronicle {
  private readonly entries = new Map<string, Entry[]>();

  /** To be made before anybody sees a book. */
  constructor(private readonly exchange: LabExchange) {
    const { books } = exchange.dialects;
    exchange.observeBooks((symbol, { sequence, changes, bids, asks }) => {
      const numbered = books === 'none' ? undefined : books === 'stream' ? changes : sequence;
      this.note(`book:${symbol}`, { sequence: numbered, text: textOf(bids, asks) });
      const [top, bottom] = [bids.slice(0, TOP_LEVELS), asks.slice(0, TOP_LEVELS)];
      this.note(`book10:${symbol}`, { sequence, text: textOf(top, bottom) });
    });
  }

  /** What is wrong with a book of a topic, or undefined where lab has shown it under this number. */
  objectionTo(
    topic: string,
    sequence: unknown,
    bids: readonly unknown[],
    asks: readonly unknown[],
  ): string | undefined {
    const entries = this.entries.get(topic) ?? [];
    const text = textOf(bids, asks);
    let atThisNumber: string | undefined;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index]!;
      if (entry.sequence !== sequence) continue;
      if (entry.text === text) return undefined;
      atThisNumber ??= entry.text;
    }
    const { books } = this.exchange.dialects;
    return `${topic} (${books}) at ${String(sequence)} is ${text}, and lab's ${atThisNumber ?? 'has no such number'}`;
  }

  private note(topic: string, entry: Entry): void {
    const entries = this.entries.get(topic) ?? [];
    const newest = entries.at(-1);
    if (newest !== undefined && newest.sequence === entry.sequence && newest.text === entry.text) return;
    this.entries.set(topic, entries);
    entries.push(entry);
    if (entries.length > 2 * KEPT) entries.splice(0, KEPT);
  }
}

function textOf(bids: readonly unknown[], asks: readonly unknown[]): string {
  return JSON.stringify([bids, asks]);
}
