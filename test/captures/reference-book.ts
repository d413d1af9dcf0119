import type { BookChange, Level, WholeBook } from './reference-reader.ts';

/** One side of a book: amounts by price, both as the exchange wrote them. */
export type Side = ReadonlyMap<string, string>;

export interface BookState {
  readonly sequence: number;
  readonly bids: Side;
  readonly asks: Side;
}

/** Of the same state, best levels first: sorted once, as it is asked for again and again. */
const SORTED = new WeakMap<Side, readonly Level[]>();

/**
 * A book at every number that the exchange told, from its recorded snapshot through the recorded changes and, by one more,
 * back to where it began: so that the recording can be played round after round, each continuing the one before.
 */
export class ReferenceBook {
  /** How far the numbers of one round are from those of the next. */
  readonly period: number;
  private readonly states: readonly BookState[];
  private readonly bySequence: ReadonlyMap<number, BookState>;

  constructor(
    readonly symbol: string,
    readonly topic: string,
    snapshot: WholeBook,
    changes: readonly BookChange[],
  ) {
    const states: BookState[] = [
      { sequence: snapshot.sequence, bids: new Map(snapshot.bids), asks: new Map(snapshot.asks) },
    ];
    for (const change of changes) {
      const { sequence, bids, asks } = states.at(-1)!;
      if (change.last <= sequence) continue;
      if (change.first > sequence + 1)
        throw new Error(`The recording of ${symbol} has a hole at ${sequence}.`);
      states.push({
        sequence: change.last,
        bids: changed(bids, change.bids),
        asks: changed(asks, change.asks),
      });
    }
    this.states = states;
    this.bySequence = new Map(states.map((state) => [state.sequence, state]));
    this.period = states.at(-1)!.sequence + 1 - snapshot.sequence;
  }

  /** The number of the recorded snapshot: nothing is known of the book before. */
  get start(): number {
    return this.states[0]!.sequence;
  }

  /** The book at a number; undefined if it never stood there. */
  at(sequence: number): BookState | undefined {
    if (sequence < this.start) return undefined;
    const offset = (sequence - this.start) % this.period;
    return this.bySequence.get(this.start + offset);
  }

  /** The last number at or before this one at which the book stood. */
  numberBefore(sequence: number): number {
    let number = Math.max(this.start, sequence);
    while (this.at(number) === undefined) number--;
    return number;
  }

  /** Best levels first. */
  whole(sequence: number, limit: number): WholeBook {
    const state = this.at(sequence);
    if (!state) throw new Error(`${this.symbol} never stood at ${sequence}.`);
    const { bids, asks } = state;
    return { sequence, bids: best(bids, -1).slice(0, limit), asks: best(asks, 1).slice(0, limit) };
  }

  /** What leads from the end of a round to the beginning of the next. */
  homeward(round: number): BookChange {
    const [first, last] = [this.states[0]!, this.states.at(-1)!];
    const sequence = this.start + (round + 1) * this.period;
    const back = (from: Side, to: Side): Level[] => [
      ...[...from.keys()].filter((price) => !to.has(price)).map((price): Level => [price, '0.00000000']),
      ...[...to].filter(([price, amount]) => from.get(price) !== amount),
    ];
    return {
      book: this.symbol,
      first: sequence,
      last: sequence,
      bids: back(last.bids, first.bids),
      asks: back(last.asks, first.asks),
    };
  }
}

function best(side: Side, sign: number): readonly Level[] {
  let levels = SORTED.get(side);
  if (!levels) {
    levels = [...side].sort(([a], [b]) => sign * (Number(a) - Number(b)));
    SORTED.set(side, levels);
  }
  return levels;
}

function changed(side: Side, levels: readonly Level[]): Side {
  if (levels.length === 0) return side;
  const next = new Map(side);
  apply(next, levels);
  return next;
}

/** An amount replaces the one before; zero removes the level. */
export function apply(side: Map<string, string>, levels: readonly Level[]): void {
  for (const [price, amount] of levels) {
    if (Number(amount) === 0) side.delete(price);
    else side.set(price, amount);
  }
}
