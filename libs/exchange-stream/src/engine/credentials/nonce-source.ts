import type { Clock } from '@exchange-stream/market-data';
import type { NonceUnit } from '../../contract/index.ts';

/** Numbers for signed messages of one key: each larger than all before it. */
export interface NonceSource {
  next(): number;
}

/**
 * Hands out the nonces of each key at an exchange, which sockets and REST share: the exchange keeps the largest one that
 * it has seen, wherever that came. Replace it to share them across processes.
 */
export interface NonceProvider {
  of(exchange: string, key: string, unit: NonceUnit): NonceSource;
}

/** Keys whose last nonce is remembered each for itself. */
const MAX_KEYS = 1_000;

/** What a millisecond is in a unit. Microseconds since the epoch stay below 2^53 until the year 2255. */
const PER_MILLISECOND: Readonly<Record<NonceUnit, number>> = { milliseconds: 1, microseconds: 1_000 };

/** Nonces for everything in this process: the time, or one more than the last where that is not larger. */
export class InProcessNonces implements NonceProvider {
  private readonly sources = new Map<string, ClockNonces>();
  /** The largest one of keys that are forgotten, in microseconds: should one come back, it goes on behind it. */
  private forgotten = 0;

  constructor(private readonly clock: Clock) {}

  of(exchange: string, key: string, unit: NonceUnit): NonceSource {
    const name = `${exchange} ${key}`;
    let source = this.sources.get(name);
    if (!source) {
      this.makeRoom();
      source = new ClockNonces(this.clock, PER_MILLISECOND[unit], this.forgotten);
      this.sources.set(name, source);
    }
    return source;
  }

  private makeRoom(): void {
    if (this.sources.size < MAX_KEYS) return;
    for (const [name, source] of this.sources) {
      this.sources.delete(name);
      this.forgotten = Math.max(this.forgotten, source.lastMicros);
      return;
    }
  }
}

/** A clock that is set back, or asked twice within one unit of it, yields no smaller number, and no equal one. */
class ClockNonces implements NonceSource {
  private last: number;

  constructor(
    private readonly clock: Clock,
    private readonly perMillisecond: number,
    afterMicros: number,
  ) {
    this.last = Math.ceil((afterMicros / 1_000) * perMillisecond);
  }

  get lastMicros(): number {
    return (this.last / this.perMillisecond) * 1_000;
  }

  next(): number {
    this.last = Math.max(this.last + 1, Math.floor(this.clock.now() * this.perMillisecond));
    return this.last;
  }
}
