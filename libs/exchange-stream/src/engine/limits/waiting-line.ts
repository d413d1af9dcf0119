import type { Clock, Timer } from '@exchange-stream/market-data';
import { LANES, type Budget, type Grant, type Lane } from './budget.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Lanes that others go before, and that get a turn all the same. */
const PATIENT_LANES = ['subscribe', 'other'] as const satisfies readonly Lane[];

/** Who was passed so often, by better lanes or by who came later, is next. */
export const TURN_AFTER = 10;

/** What a use costs in limits that count it otherwise than its own: how many times its weight, by limiter. */
export type Rates = ReadonlyMap<RateLimiter, number>;

/** What somebody would claim. */
interface Wish {
  readonly limiters: readonly RateLimiter[];
  readonly rates: Rates | undefined;
  readonly weight: number;
  readonly lane: Lane;
}

interface Claim extends Wish {
  readonly grant: (granted: Grant) => void;
  /** Its place among all that have joined. */
  readonly order: number;
  /** How many have gone before it that came later, or wait in better lanes, for what it waits for. */
  passes: number;
  /** When it was taken from its limiters. */
  takenAt?: number;
}

/**
 * Where requests for limits that overlap wait together. A request takes from all of its limiters at once or from none, so
 * that nothing is held by one that still waits for something else, and nobody can wait for each other.
 *
 * Its order: by lane, then by arrival. One request overtakes another of its lane or of a better one only where that other
 * waits for a limiter which it does not need itself: a connection that has used up its own limit does not stop those that
 * share an address with it, and a heavy request is not starved by light ones.
 *
 * A lane that is never empty does not starve the worse ones: who was passed often enough (`TURN_AFTER`) has a turn, one of
 * each lane at a time. Heartbeats are few, and give way to nobody.
 */
export class WaitingLine {
  private readonly lanes = new Map<Lane, Set<Claim>>(LANES.map((lane) => [lane, new Set()]));
  /** Taken from their limiters and not yet told. */
  private readonly granted = new Set<Claim>();
  private readonly blocks = new Blocks();
  private joined = 0;
  private timer: Timer | undefined;
  private timerAt = Infinity;
  private nextAt = Infinity;
  private isServing = false;
  private isStale = false;

  constructor(private readonly clock: Clock) {}

  /**
   * A budget of several limiters, all of which have to agree. Whatever shares a limiter has to share the line.
   * @param waits told of everybody who begins to wait (1) and ends to (-1)
   */
  budget(
    limiters: readonly RateLimiter[],
    rates?: Rates,
    waits: (change: 1 | -1) => void = () => undefined,
  ): Budget {
    return {
      request: (weight, lane, grant) => {
        waits(1);
        const claim: Claim = {
          limiters,
          rates,
          weight,
          lane,
          order: this.joined++,
          passes: 0,
          grant: (granted) => {
            waits(-1);
            grant(granted);
          },
        };
        this.join(claim);
        return () => {
          if (this.leave(claim)) waits(-1);
        };
      },
      used: () => Math.max(0, ...limiters.map(({ share }) => share)),
      waitMs: (weight, lane) => this.waitMs({ limiters, rates, weight, lane }),
    };
  }

  /** Requests that wait. */
  get waiting(): number {
    let waiting = 0;
    for (const claims of this.lanes.values()) waiting += claims.size;
    return waiting;
  }

  private join(claim: Claim): void {
    this.lane(claim.lane).add(claim);
    // Who joins at the very end changes nothing for those before, who have been looked at already.
    if (claim.lane === LANES.at(-1) && !this.isServing) {
      this.look(claim);
      this.tell();
    } else this.serve();
  }

  /** Returns whether it was still there. */
  private leave(claim: Claim): boolean {
    if (this.granted.delete(claim)) giveBack(claim);
    else if (!this.lane(claim.lane).delete(claim)) return false;
    this.serve();
    return true;
  }

  /** At least so long it will take, seen from now: those who come later in a better lane may make it longer. */
  private waitMs(claim: Wish): number {
    const { limiters, lane } = claim;
    const blocks = new Blocks();
    const ahead = new Map<RateLimiter, number>();
    for (const other of this.ahead(lane)) {
      const awaited = awaitedBy(other, blocks).limiters;
      if (awaited.size > 0) blocks.add(awaited);
      // Who waits for something else, too, is overtaken.
      if (!isWithin(awaited, limiters)) continue;
      for (const limiter of other.limiters) {
        const cost = limiter.counted(costOf(other, limiter), other.lane);
        ahead.set(limiter, (ahead.get(limiter) ?? 0) + cost);
      }
    }
    let waitMs = 0;
    for (const limiter of limiters) {
      const cost = limiter.counted(costOf(claim, limiter), lane);
      waitMs = Math.max(waitMs, limiter.waitMsBehind(ahead.get(limiter) ?? 0, cost, lane));
    }
    return waitMs;
  }

  /** Those who wait and would go before somebody who comes now. */
  private *ahead(lane: Lane): Iterable<Claim> {
    for (const each of LANES.slice(0, LANES.indexOf(lane) + 1)) yield* this.lane(each);
  }

  private serve(): void {
    this.isStale = true;
    if (this.isServing) return;
    this.tell();
  }

  /** Tells those who were granted. What their grants ask for in turn waits until all are told. */
  private tell(): void {
    this.isServing = true;
    try {
      do {
        if (this.isStale) this.lookAtAll();
        for (const claim of this.granted) {
          this.granted.delete(claim);
          claim.grant(this.grantOf(claim));
        }
      } while (this.isStale);
    } finally {
      this.isServing = false;
    }
    this.rest();
  }

  private lookAtAll(): void {
    this.isStale = false;
    this.nextAt = Infinity;
    this.blocks.clear();
    for (const [lane, claims] of this.lanes) {
      // Behind heartbeats, and ahead of all else.
      if (lane === LANES[1]) for (const patient of PATIENT_LANES) this.lookAtOverdue(this.lane(patient));
      for (const claim of claims) this.look(claim);
    }
  }

  /** Those that were passed so often, until one has had its turn; who comes behind it is passed anew. */
  private lookAtOverdue(claims: ReadonlySet<Claim>): void {
    let hasHadTurn = false;
    for (const claim of claims)
      if (hasHadTurn) claim.passes = 0;
      else if (claim.passes >= TURN_AFTER) hasHadTurn = this.look(claim);
  }

  /** Counts a grant against those that wait for the same in worse lanes, and in its own before it. */
  private countPasses({ limiters, lane, order }: Claim): void {
    for (const patient of PATIENT_LANES) {
      if (LANES.indexOf(patient) < LANES.indexOf(lane)) continue;
      for (const claim of this.lane(patient)) {
        if (patient === lane && claim.order > order) break;
        if (claim.limiters.some((limiter) => limiters.includes(limiter))) claim.passes++;
      }
    }
  }

  /** Grants a claim, or adds it to what blocks those behind it. Returns whether it was granted. */
  private look(claim: Claim): boolean {
    const { limiters, lane } = claim;
    const now = this.clock.monotonic();
    const awaited = awaitedBy(claim, this.blocks);
    if (awaited.waitMs > 0) this.nextAt = Math.min(this.nextAt, now + awaited.waitMs);
    if (awaited.limiters.size > 0) {
      this.blocks.add(awaited.limiters);
      return false;
    }
    for (const limiter of limiters) limiter.take(costOf(claim, limiter), now);
    claim.takenAt = now;
    this.lane(lane).delete(claim);
    this.countPasses(claim);
    this.granted.add(claim);
    return true;
  }

  /** One timer for the first who can be granted. */
  private rest(): void {
    if (this.nextAt === this.timerAt) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.timerAt = this.nextAt;
    if (this.nextAt === Infinity) return;
    this.timer = this.clock.after(this.nextAt - this.clock.monotonic(), () => {
      this.timerAt = Infinity;
      this.serve();
    });
  }

  private grantOf(claim: Claim): Grant {
    const end = (): void => {
      giveBack(claim);
      this.serve();
    };
    return {
      useNow: () => {
        const { limiters, takenAt } = claim;
        if (takenAt === undefined) return false;
        if (limiters.every((limiter) => limiter.canMove(takenAt))) {
          for (const limiter of limiters) limiter.move(costOf(claim, limiter), takenAt);
          delete claim.takenAt;
          return true;
        }
        end();
        return false;
      },
      giveBack: end,
    };
  }

  private lane(lane: Lane): Set<Claim> {
    const claims = this.lanes.get(lane);
    if (!claims) throw new TypeError(`There is no lane "${lane}".`);
    return claims;
  }
}

/** What has been taken, once. */
function giveBack(claim: Claim): void {
  const { limiters, takenAt } = claim;
  if (takenAt === undefined) return;
  delete claim.takenAt;
  for (const limiter of limiters) limiter.giveBack(costOf(claim, limiter), takenAt);
}

function costOf({ weight, rates }: Pick<Claim, 'weight' | 'rates'>, limiter: RateLimiter): number {
  return weight * (rates?.get(limiter) ?? 1);
}

/** What a claim waits for: limiters without room, and those for which somebody ahead waits. How long, by itself alone. */
function awaitedBy(
  claim: Wish,
  ahead: Blocks,
): { readonly limiters: ReadonlySet<RateLimiter>; readonly waitMs: number } {
  const { limiters, lane } = claim;
  const awaited = new Set<RateLimiter>();
  let waitMs = 0;
  for (const limiter of limiters) {
    const limiterWaitMs = limiter.waitMs(costOf(claim, limiter), lane);
    if (limiterWaitMs <= 0) continue;
    awaited.add(limiter);
    waitMs = Math.max(waitMs, limiterWaitMs);
  }
  ahead.addThose(limiters, awaited);
  return { limiters: awaited, waitMs };
}

/** What those ahead wait for: each entry is the limiters that one of them, or several, wait for. */
class Blocks {
  private readonly single = new Set<RateLimiter>();
  private several: ReadonlySet<RateLimiter>[] = [];

  clear(): void {
    this.single.clear();
    this.several = [];
  }

  /** Adds to `awaited` what somebody ahead waits for who cannot be overtaken with these limiters. */
  addThose(limiters: readonly RateLimiter[], awaited: Set<RateLimiter>): void {
    for (const limiter of limiters) if (this.single.has(limiter)) awaited.add(limiter);
    for (const block of this.several) {
      if (!isWithin(block, limiters)) continue;
      for (const limiter of block) awaited.add(limiter);
    }
  }

  add(awaited: ReadonlySet<RateLimiter>): void {
    const limiters = [...awaited];
    const [only] = limiters;
    if (only && awaited.size === 1) {
      this.single.add(only);
      return;
    }
    // A smaller block stops everybody whom this one would stop.
    if (limiters.some((limiter) => this.single.has(limiter))) return;
    if (!this.several.some((block) => isWithin(block, limiters))) this.several.push(awaited);
  }
}

function isWithin(block: ReadonlySet<RateLimiter>, limiters: readonly RateLimiter[]): boolean {
  for (const limiter of block) if (!limiters.includes(limiter)) return false;
  return true;
}
