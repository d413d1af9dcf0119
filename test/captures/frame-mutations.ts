import { Draws } from './draws.ts';

export type Mutation = 'dropped' | 'repeated' | 'moved' | 'corrupted';

/** How far a frame is moved behind those after it, or repeated after them. */
const FARTHEST = 3;

/** How often each befalls a frame, at most. */
const MOST = 0.08;

const DIGITS = '0123456789';

/** What arrives of a frame. */
export interface Arrival {
  readonly bytes: Buffer;
  /** After so many frames more on its connection. */
  readonly after: number;
  readonly isCorrupted: boolean;
}

/** Spoils frames at random, each run at rates of its own. */
export class FrameMutations {
  readonly counts: Record<Mutation, number> = { dropped: 0, repeated: 0, moved: 0, corrupted: 0 };
  /** Off, every frame arrives as it was sent. */
  isOn = true;
  private readonly rates: Readonly<Record<Mutation, number>>;

  constructor(private readonly draws: Draws) {
    const rate = (): number => (draws.chance(0.3) ? 0 : draws.next() * MOST);
    this.rates = { dropped: rate(), repeated: rate(), moved: rate(), corrupted: rate() };
  }

  strike(frame: string): readonly Arrival[] {
    const whole: Arrival = { bytes: Buffer.from(frame), after: 0, isCorrupted: false };
    if (!this.isOn) return [whole];
    if (this.strikes('dropped')) return [];
    if (this.strikes('corrupted'))
      return [{ ...whole, bytes: corrupted(frame, this.draws), isCorrupted: true }];
    if (this.strikes('moved')) return [{ ...whole, after: this.draws.integer(1, FARTHEST) }];
    if (this.strikes('repeated')) return [whole, { ...whole, after: this.draws.integer(0, FARTHEST) }];
    return [whole];
  }

  private strikes(mutation: Mutation): boolean {
    if (!this.draws.chance(this.rates[mutation])) return false;
    this.counts[mutation]++;
    return true;
  }
}

/** Bits flipped, cut short, digits or signs changed, left out or put in; sometimes several of them. */
export function corrupted(text: string, draws: Draws): Buffer {
  let bytes = Buffer.from(text);
  do bytes = corruptedOnce(bytes, draws);
  while (draws.chance(0.2));
  return bytes;
}

function corruptedOnce(bytes: Buffer<ArrayBuffer>, draws: Draws): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return bytes;
  const at = draws.integer(0, bytes.length - 1);
  switch (draws.integer(0, 5)) {
    case 0:
      bytes[at]! ^= 1 << draws.integer(0, 7);
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(draws.of([...DIGITS])), bytes.subarray(at)]);
    default: {
      // A digit for a digit: what is left is likely to be read.
      const digits = [...bytes.keys()].filter((index) => bytes[index]! >= 48 && bytes[index]! <= 57);
      if (digits.length > 0) bytes[draws.of(digits)] = DIGITS.charCodeAt(draws.integer(0, 9));
      return bytes;
    }
  }
}
