import type { BookLevel, BookOrder, InstrumentKind, QueueRule } from '@exchange-stream/market-data';

/** Levels, each with what stood for it on the wire. */
export type LevelsOnTheWire = ReadonlyMap<BookLevel, BookLevel>;

/** How an update says where it belongs. What the exchange does not send is absent, and then nothing is checked. */
export interface BookLink {
  /** Sequence after this update. */
  readonly last?: number;
  /** Sequence of the first change in this update, where one update may carry several. */
  readonly first?: number;
  /** Sequence of the update before this one, where the exchange names it. */
  readonly previous?: number;
  /** What `BookChecksum.of` comes to after this update. 0 is none, as where it is absent. */
  readonly checksum?: number;
  /**
   * Of a book by price, those of its levels that the exchange wrote otherwise than in plain notation (`7e-7`), where its
   * checksum is made of what it wrote.
   */
  readonly asWritten?: LevelsOnTheWire | undefined;
}

/** A link with a number of its own. */
export interface NumberedLink extends BookLink {
  readonly last: number;
}

/** What an exchange sends to prove a book by: one by price, or by order. */
export interface BookChecksum<Row = BookLevel> {
  /** How many of the best levels of each side it is made of; of a book by order, all the orders of so many prices. */
  readonly levels: number;
  /** Kinds of instruments whose books it proves, where not all. */
  readonly kinds?: readonly InstrumentKind[];
  /** The exchange sends it no more: only recordings bear it. */
  readonly isRetired?: boolean;
  /**
   * The checksum of the best levels or orders, best first and as the exchange wrote them. Of 32 bits, with a sign or without: that
   * makes no difference when they are compared.
   */
  of(bids: readonly Row[], asks: readonly Row[]): number;
}

/** `follows`: apply it. `old`: already contained, drop it. `gap`: something between is missing. */
export type LinkVerdict = 'follows' | 'old' | 'gap';

/** How updates that come out of order by a little are put right before they are applied. */
export interface UpdateSorting {
  /**
   * By the number of each, and then only those wait that come before their turn; or by the exchange's time, and then all
   * of them do.
   */
  readonly by: 'id' | 'time';
  /** How many may wait for one that belongs before them. */
  readonly updates: number;
  /** How long each may, in milliseconds; what does not follow then breaks the book, as without this rule. */
  readonly withinMs: number;
}

/** Every frame holds the whole book, or the whole top of it. */
export interface WholeBookRules {
  readonly kind: 'whole';
  readonly level?: 'price';
}

/** Updates follow one another, on top of a seed: by sequence, or proved by a checksum, or both. */
export interface LinkedBookRules<Row = BookLevel> {
  readonly kind: 'linked';
  readonly level?: 'price' | 'order';
  /** Where the first whole book comes from. */
  readonly seed: 'rest' | 'stream';
  /**
   * Of a seed of the stream: how long its snapshot is waited for, in milliseconds, before REST is asked for one, too.
   */
  readonly restSeedAfterMs?: number;
  /**
   * Levels per side to ask of a REST seed. Where a side has so many, those behind them are unknown: a fresh seed is had
   * before the market gets there.
   */
  readonly seedDepth?: number;
  /** Whether the update continues a book at this sequence. */
  readonly follows: (sequence: number, link: NumberedLink) => LinkVerdict;
  /** The same for the first update after a seed, where the exchange has another rule for it. */
  readonly bridges?: (sequence: number, link: NumberedLink) => LinkVerdict;
  readonly checksum?: BookChecksum<Row>;
  /**
   * Levels of each side that the book has, where the exchange says nothing of those that are pushed out behind them:
   * they are dropped after every update, and consumers are told so.
   */
  readonly depth?: number;
  /**
   * At times the exchange sends the whole book again, unasked, as after a restart of its own. It replaces all that there was,
   * which any snapshot does, be this declared or not.
   */
  readonly comesWholeAgain?: boolean;
  /**
   * Nothing that the exchange sends shows whether an update is missing: neither a number, nor a checksum, nor a count over the
   * frames of a connection. Consumers are told so with every book that comes to be live.
   */
  readonly isUnproven?: boolean;
  /** Where the exchange, or the way from it, brings updates out of order. Without it, they are applied as they come. */
  readonly sorting?: UpdateSorting;
}

/** How a local book by price is kept right. */
export type PriceBookRules = WholeBookRules | (LinkedBookRules & { readonly level?: 'price' });

/**
 * How a local book by order is kept right, whose rows are orders (`Sink.bookOrdersSnapshot`, `bookOrdersUpdate`). The whole
 * of it comes with the subscription.
 */
export interface OrdersBookRules extends LinkedBookRules<BookOrder> {
  readonly level: 'order';
  readonly seed: 'stream';
  /** Who is first of those at one price. */
  readonly queue: QueueRule;
}

/** How a local book of one channel variant is kept right. */
export type BookRules = PriceBookRules | OrdersBookRules;

/** A whole book from REST. */
export interface BookSeed<Row = BookLevel> {
  readonly sequence: number;
  readonly bids: readonly Row[];
  readonly asks: readonly Row[];
  /** Milliseconds since the epoch. */
  readonly exchangeTime?: number;
  /** As in `BookLink`. */
  readonly asWritten?: LevelsOnTheWire | undefined;
}
