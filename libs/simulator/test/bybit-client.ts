import { compareDecimals, isZeroDecimal } from '@exchange-stream/market-data';
import type { SimulatedExchange } from '../src/index.ts';
import { RecordingClient, restBody } from './recording-client.ts';

export interface BybitFrame {
  readonly topic: string;
  readonly type: 'snapshot' | 'delta';
  readonly ts: number;
  readonly cts?: number;
  readonly cs?: number;
  readonly data: unknown;
}

export interface BookData {
  readonly s: string;
  readonly b: readonly (readonly string[])[];
  readonly a: readonly (readonly string[])[];
  readonly u: number;
  readonly seq: number;
}

export type BookFrame = BybitFrame & { readonly data: BookData };

export class BybitClient extends RecordingClient {
  subscribe(...topics: string[]): this {
    this.say({ op: 'subscribe', args: topics, req_id: 'r' });
    return this;
  }

  unsubscribe(...topics: string[]): this {
    this.say({ op: 'unsubscribe', args: topics });
    return this;
  }

  topic(name: string): BybitFrame[] {
    return this.frames.filter(({ topic }) => topic === name) as unknown as BybitFrame[];
  }

  book(name: string): BookFrame[] {
    return this.topic(name) as BookFrame[];
  }

  /** Frames that are not of a topic. */
  get answers(): Record<string, unknown>[] {
    return this.frames.filter(({ topic }) => topic === undefined);
  }
}

/** A client's book, kept by the letter of the documents. */
export class ClientBook {
  private readonly sides = {
    b: new Map<string, readonly string[]>(),
    a: new Map<string, readonly string[]>(),
  };
  id = 0;
  seq = 0;

  constructor(frames: readonly BookFrame[]) {
    for (const frame of frames) this.apply(frame);
  }

  apply({ type, data }: BookFrame): void {
    if (type === 'snapshot' || data.u === 1) {
      this.sides.b.clear();
      this.sides.a.clear();
    } else if (data.u !== this.id + 1) throw new Error(`Gap: ${data.u} after ${this.id}`);
    if (data.seq < this.seq) throw new Error(`seq ${data.seq} after ${this.seq}`);
    for (const key of ['b', 'a'] as const) {
      for (const level of data[key]) {
        const [price = '', ...amounts] = level;
        if (amounts.every(isZeroDecimal)) this.sides[key].delete(price);
        else this.sides[key].set(price, level);
      }
    }
    this.id = data.u;
    this.seq = data.seq;
  }

  get levels(): {
    readonly bids: readonly (readonly string[])[];
    readonly asks: readonly (readonly string[])[];
  } {
    const sorted = (side: 'b' | 'a', sign: number): (readonly string[])[] =>
      [...this.sides[side].values()].sort(([a = ''], [b = '']) => sign * compareDecimals(a, b));
    return { bids: sorted('b', -1), asks: sorted('a', 1) };
  }
}

export function result<T>(exchange: SimulatedExchange, target: string): T {
  return restBody<{ result: T }>(exchange, target).result;
}
