/** Which ids have come, as far as memory reaches. */
export interface SeenIds {
  has(id: string): boolean;
  /** Returns whether it is new. */
  add(id: string): boolean;
  clear(): void;
}

/** The latest so many texts. */
export class SeenTexts implements SeenIds {
  private readonly texts = new Set<string>();
  /** In their order: a set that forgets its first entry time and again is slow to find it. */
  private readonly order: string[] = [];
  private oldest = 0;

  constructor(private readonly capacity: number) {}

  has(text: string): boolean {
    return this.texts.has(text);
  }

  add(text: string): boolean {
    const { texts, order, capacity, oldest } = this;
    if (texts.has(text)) return false;
    texts.add(text);
    if (order.length < capacity) {
      order.push(text);
      return true;
    }
    texts.delete(order[oldest] ?? '');
    order[oldest] = text;
    this.oldest = (oldest + 1) % capacity;
    return true;
  }

  clear(): void {
    this.texts.clear();
    this.order.length = 0;
    this.oldest = 0;
  }
}

/**
 * Ids that grow. One beyond the newest is new without a look; of those before it the latest so many are remembered, and
 * whatever is older than all of them counts as come. What is no number below 2^53 is remembered as text.
 */
export class SeenNumbers implements SeenIds {
  private readonly numbers: Float64Array;
  private readonly others: SeenTexts;
  private count = 0;
  private newest = -1;

  constructor(capacity: number) {
    this.numbers = new Float64Array(capacity);
    this.others = new SeenTexts(capacity);
  }

  has(id: string): boolean {
    const number = Number(id);
    return Number.isSafeInteger(number) ? this.hasNumber(number) : this.others.has(id);
  }

  add(id: string): boolean {
    const number = Number(id);
    if (!Number.isSafeInteger(number)) return this.others.add(id);
    if (number <= this.newest) {
      if (this.hasNumber(number)) return false;
    } else this.newest = number;
    this.numbers[this.count++ % this.numbers.length] = number;
    return true;
  }

  clear(): void {
    this.count = 0;
    this.newest = -1;
    this.others.clear();
  }

  private hasNumber(number: number): boolean {
    if (number > this.newest) return false;
    const { numbers, count } = this;
    let oldest = this.newest;
    for (let index = Math.min(count, numbers.length) - 1; index >= 0; index--) {
      const known = numbers[index] ?? 0;
      if (known === number) return true;
      if (known < oldest) oldest = known;
    }
    return number < oldest;
  }
}
