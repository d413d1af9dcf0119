import type { BookSeed, BookSeedQuery, ExchangeAdapter, ListedSymbol } from '../../contract/index.ts';
import { messageOf } from '../errors.ts';

/** A book that waits for a whole book from REST. */
interface SeedRequest {
  readonly query: BookSeedQuery;
  readonly deliver: (seed: BookSeed) => void;
}

/**
 * The whole books of a recording, by instrument and in their order: an answer goes to whoever waits for it when it arrives, or
 * to the next who asks. It may come of a URL that nobody would call today, so the instrument decides and not the URL.
 */
export class RecordedSeeds {
  private readonly answers = new Map<string, string[]>();
  /** One per book: a later request replaces an earlier one. */
  private readonly waiting = new Map<object, SeedRequest>();

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly unreadable: (reason: string) => void,
  ) {}

  /** Takes an answer, if it is a whole book. */
  answered(url: URL, body: string): boolean {
    const { nativeSymbol, category } = this.adapter.rest.bookSeed?.recognise(url) ?? {};
    if (nativeSymbol === undefined) return false;
    const listed = listedKey({ nativeSymbol, ...(category !== undefined && { category }) });
    const queue = this.answers.get(listed);
    if (queue) queue.push(body);
    else this.answers.set(listed, [body]);
    return true;
  }

  request(book: object, query: BookSeedQuery, deliver: (seed: BookSeed) => void): void {
    this.waiting.set(book, { query, deliver });
  }

  /**
   * Delivers what has arrived to those who wait, until nothing more can be. Not done within `request`: a book asks in the
   * middle of an update and takes the answer only after it.
   */
  deliver(): void {
    for (let served = true; served;) {
      served = false;
      for (const [book, request] of this.waiting) {
        const body = this.answers.get(listedKey(request.query))?.shift();
        if (body === undefined) continue;
        served = true;
        const seed = this.parse(body, request.query);
        if (!seed) continue; // As with the live exchange, the next answer is tried.
        this.waiting.delete(book);
        request.deliver(seed);
      }
    }
  }

  private parse(body: string, query: BookSeedQuery): BookSeed | undefined {
    try {
      return this.adapter.rest.bookSeed?.parse(body, query, this.unreadable);
    } catch (error) {
      this.unreadable(messageOf(error));
      return undefined;
    }
  }
}

/** Tells instruments apart as their exchange does. */
export function listedKey({ nativeSymbol, category = '' }: ListedSymbol): string {
  return `${category} ${nativeSymbol}`;
}
