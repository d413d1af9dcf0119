/** How far the clocks of two servers of one exchange may stand apart, in milliseconds. */
const CLOCKS_APART_MS = 1_000;

/** How much later than the next one an update may be by the time that it bears, where one stream brings both. */
const OUT_OF_ORDER_MS = 100;

/** How far a stream may lag behind a seed of unknown time, in milliseconds. */
const LAG_BEHIND_SEED_MS = 10_000;

/** The same in updates, where they say no time: far more than any exchange sends in that time. */
const LAG_BEHIND_SEED_UPDATES = 1_000;

/**
 * Updates that are old by their number: a book contains them, as those which come right after a seed; or the exchange
 * numbers anew, and the book would stand still for ever.
 */
export class OldUpdates {
  /** Exchange time of the first one, where that of the book is unknown. */
  private firstAt: number | undefined;
  private timeless = 0;

  /** The next one is the first. */
  forget(): void {
    this.firstAt = undefined;
    this.timeless = 0;
  }

  /**
   * Whether one is later than the book all the same, and so of another count.
   * @param isOneClock the time of the book is that of an update of the same stream
   */
  isOfAnotherCount(
    exchangeTime: number | undefined,
    bookTime: number | undefined,
    isOneClock: boolean,
  ): boolean {
    if (exchangeTime === undefined) return ++this.timeless > LAG_BEHIND_SEED_UPDATES;
    if (bookTime !== undefined)
      return exchangeTime - bookTime > (isOneClock ? OUT_OF_ORDER_MS : CLOCKS_APART_MS);
    this.firstAt ??= exchangeTime;
    return exchangeTime - this.firstAt > LAG_BEHIND_SEED_MS;
  }
}

/** Whether one is later than the other beyond doubt, by the clocks of one exchange. */
export function isLater(exchangeTime: number | undefined, other: number | undefined): boolean {
  return exchangeTime !== undefined && other !== undefined && exchangeTime - other > CLOCKS_APART_MS;
}
