import type { BookLevel, MarketEvent } from '@exchange-stream/market-data';
import { apply, type BookState, type ReferenceBook, type Side } from './reference-book.ts';
import type { BookChange, Level, WholeBook } from './reference-reader.ts';

/**
 * A valid frame or answer that says something else than the exchange said: where no checksum is sent, nobody can see it,
 * and a book is wrong at these prices until a snapshot replaces it.
 */
interface Unseen {
  /** A snapshot of this number or a later one is without it. */
  readonly until: number;
  /** undefined: the numbers themselves are wrong, so that the book may be wrong anywhere. */
  readonly prices: ReadonlySet<string> | undefined;
}

/** The last whole book that was answered by HTTP. */
interface Seed {
  readonly state: BookState;
  /** The worst levels in it: those behind them stay unknown until they change. */
  readonly worst: { readonly bid: number; readonly ask: number };
  readonly unseen: Unseen | undefined;
}

const PLAIN = /^(0|[1-9]\d*)(\.\d+)?$/;

/** A careful consumer of one book, which compares all that it is shown with the exchange's book at that number. */
export class BookWatch {
  /** What must never be, in words. */
  readonly wrong: string[] = [];
  /** Books that were compared as a whole, and those that were but at some prices, or not at all. */
  readonly compared = { whole: 0, inPart: 0, not: 0 };
  private readonly bids = new Map<string, string>();
  private readonly asks = new Map<string, string>();
  private isTrusted = false;
  private sequence = 0;
  private unseen: Unseen[] = [];
  private answered: Seed | undefined;
  private seed: Seed | undefined;

  constructor(private readonly reference: ReferenceBook) {}

  /** Whether what is shown was compared as a whole. */
  get isSure(): boolean {
    return this.isTrusted && this.unseen.length === 0;
  }

  /** A whole book came by HTTP. */
  onAnswer(book: WholeBook, limit: number): void {
    const state = this.reference.at(book.sequence);
    const told: BookState = { sequence: book.sequence, bids: new Map(book.bids), asks: new Map(book.asks) };
    const isKnown = state !== undefined && [...book.bids, ...book.asks].every(isPlain);
    const original = state && this.reference.whole(book.sequence, limit);
    const prices = new Set(original ? differing(original, book) : []);
    const unseen = isKnown && prices.size === 0 ? undefined : { until: Infinity, prices };
    this.answered = {
      state: state ?? told,
      worst: {
        bid: Number(original?.bids[limit - 1]?.[0] ?? 0),
        ask: Number(original?.asks[limit - 1]?.[0] ?? Infinity),
      },
      unseen: unseen && { ...unseen, prices: isKnown ? prices : undefined },
    };
  }

  /** A frame of this book arrives as a valid one that says something else. */
  onUnseen(sent: BookChange, arrives: BookChange): void {
    const sameNumbers = sent.first === arrives.first && sent.last === arrives.last;
    const isPlainAll = [...arrives.bids, ...arrives.asks].every(isPlain);
    const prices = sameNumbers && isPlainAll && sent.book === arrives.book;
    this.unseen.push({
      until: Math.max(sent.last, arrives.last),
      prices: prices ? new Set(differing(sent, arrives)) : undefined,
    });
  }

  receive(event: MarketEvent): void {
    if (event.type === 'status') {
      if (event.state === 'gap' || event.state === 'stale') this.isTrusted = false;
      // With its source goes all that came from it.
      if (event.state === 'stale') this.unseen = [];
    } else if (event.type === 'book-snapshot') {
      this.bids.clear();
      this.asks.clear();
      this.isTrusted = true;
      this.seed = this.answered;
      const { sequence: from = 0 } = this.seed?.state ?? {};
      this.unseen = this.unseen.filter(({ until }) => until > from && until !== Infinity);
      if (this.seed?.unseen) this.unseen.push(this.seed.unseen);
      this.take(event.bids, event.asks, Number(event.sequence));
    } else if (event.type === 'book-update') {
      if (!this.isTrusted) this.wrong.push(`update ${event.sequence} after a loss, without a snapshot`);
      if (Number(event.sequence) <= this.sequence)
        this.wrong.push(`update ${event.sequence} is not later than ${this.sequence}`);
      this.take(event.bids, event.asks, Number(event.sequence));
    }
  }

  /** Compares a whole book that is shown as live, as it was asked for. */
  lookAt(bids: readonly BookLevel[], asks: readonly BookLevel[], sequence: number): void {
    this.compare(new Map(bids.map(plainLevel)), new Map(asks.map(plainLevel)), sequence);
  }

  private take(bids: readonly BookLevel[], asks: readonly BookLevel[], sequence: number): void {
    apply(this.bids, bids.map(plainLevel));
    apply(this.asks, asks.map(plainLevel));
    this.sequence = sequence;
    this.compare(this.bids, this.asks, sequence);
  }

  private compare(bids: Side, asks: Side, sequence: number): void {
    if (this.unseen.some(({ prices }) => prices === undefined)) return void this.compared.not++;
    // By number: a spoiled price may be another level's, written otherwise.
    const excepted = new Set(this.unseen.flatMap(({ prices }) => [...(prices ?? [])].map(Number)));
    this.compared[excepted.size === 0 ? 'whole' : 'inPart']++;
    const state = this.reference.at(sequence);
    if (!state) return void this.wrong.push(`${this.reference.symbol} never stood at ${sequence}`);
    this.compareSide('bid', bids, state.bids, sequence, excepted);
    this.compareSide('ask', asks, state.asks, sequence, excepted);
  }

  private compareSide(
    name: 'bid' | 'ask',
    shown: Side,
    right: Side,
    sequence: number,
    excepted: ReadonlySet<number>,
  ): void {
    const note = (price: string): void =>
      void this.wrong.push(
        `${name} ${price} at ${sequence} is ${shown.get(price)}, and that of the exchange ${right.get(price)}`,
      );
    for (const [price, amount] of shown)
      if (right.get(price) !== amount && !excepted.has(Number(price))) note(price);
    if (shown.size === right.size && excepted.size === 0) return;
    for (const [price, amount] of right)
      if (!shown.has(price) && !excepted.has(Number(price)) && !this.isUnknown(name, price, amount))
        note(price);
  }

  /** Whether a level lay behind those that were asked for, and has not changed since. */
  private isUnknown(name: 'bid' | 'ask', price: string, amount: string): boolean {
    if (!this.seed) return false;
    const { state, worst } = this.seed;
    if ((name === 'bid' ? state.bids : state.asks).get(price) !== amount) return false;
    return name === 'bid' ? Number(price) < worst.bid : Number(price) > worst.ask;
  }
}

/** The reference tells no orders at a level, and no period. */
function plainLevel([price, amount]: BookLevel): Level {
  return [price, amount];
}

function isPlain([price, amount]: Level): boolean {
  return PLAIN.test(price) && PLAIN.test(amount);
}

/** Prices at which two books or changes do not say the same. */
function differing(
  one: Pick<BookChange, 'bids' | 'asks'>,
  other: Pick<BookChange, 'bids' | 'asks'>,
): string[] {
  const only = (levels: readonly Level[], others: readonly Level[]): string[] => {
    const known = new Map(others);
    return levels.filter(([price, amount]) => known.get(price) !== amount).map(([price]) => price);
  };
  return [
    ...only(one.bids, other.bids),
    ...only(other.bids, one.bids),
    ...only(one.asks, other.asks),
    ...only(other.asks, one.asks),
  ];
}
