import type { BookLevel } from '@exchange-stream/market-data';

/** How an update says where it belongs. What the exchange does not send is absent, and then nothing is checked. */
export interface BookLink {
  /** Sequence after this update. */
  readonly last: number;
  /** Sequence of the first change in this update, where one update may carry several. */
  readonly first?: number;
  /** Sequence of the update before this one, where the exchange names it. */
  readonly previous?: number;
}

/** `follows`: apply it. `old`: already contained, drop it. `gap`: something between is missing. */
export type LinkVerdict = 'follows' | 'old' | 'gap';

/** How a local book of one channel variant is kept right. */
export type BookRules =
  /** Every frame holds the whole book, or the whole top of it. */
  | { readonly kind: 'whole' }
  /** Updates follow one another by sequence, on top of a seed. */
  | {
      readonly kind: 'linked';
      /** Where the first whole book comes from. */
      readonly seed: 'rest' | 'stream';
      /** Levels per side to ask of a REST seed. */
      readonly seedDepth?: number;
      /** Whether the update continues a book at this sequence. */
      readonly follows: (sequence: number, link: BookLink) => LinkVerdict;
      /** The same for the first update after a seed, where the exchange has another rule for it. */
      readonly bridges?: (sequence: number, link: BookLink) => LinkVerdict;
    };

/** A whole book from REST. */
export interface BookSeed {
  readonly sequence: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** Milliseconds since the epoch. */
  readonly exchangeTime?: number;
}
