import type { LostRange, MarketEvent } from '@exchange-stream/market-data';

/** A trade as the exchange made it. */
export interface MadeTrade {
  readonly id: string;
  readonly time: number;
}

/** What was told as missing for good, between these two that were told. */
interface Hole extends LostRange {
  /** How many trades had been told before it. */
  readonly after: number;
}

/** Somebody who takes every trade of a subscription, and believes what he is told of those that are missing. */
export class TradeFollower {
  readonly ids: string[] = [];
  readonly backfilled = new Set<string>();
  readonly holes: Hole[] = [];
  /** Holes that are being asked for. */
  asked = 0;
  /** Promises that were not kept. */
  readonly broken: string[] = [];

  receive(event: MarketEvent): void {
    if (event.type === 'trade') {
      this.ids.push(event.id);
      if (event.backfilled) this.backfilled.add(event.id);
    } else if (event.type === 'status' && event.state === 'gap') {
      if (event.lost?.asked) this.asked++;
      else this.holes.push({ after: this.ids.length, ...event.lost });
    } else if (event.type === 'status' && event.state === 'live') {
      if (event.filled && this.asked === 0) this.broken.push('filled without a hole that was asked for');
      this.asked = 0;
    }
  }

  /**
   * What the exchange made since the first one that was told, and is neither told nor named as missing; what was told twice,
   * or out of order, or never made.
   */
  differencesFrom(made: readonly MadeTrade[]): string[] {
    const places = new Map(made.map(({ id }, place) => [id, place]));
    const differences: string[] = [];
    let last = (places.get(this.ids[0] ?? '') ?? 0) - 1;
    for (const [told, id] of this.ids.entries()) {
      const place = places.get(id);
      if (place === undefined) differences.push(`${id} was never made`);
      else if (place <= last) differences.push(`${id} came after ${made[last]?.id}`);
      else {
        for (const missing of made.slice(last + 1, place))
          if (!this.isNamed(missing, told)) differences.push(`${missing.id} is missing before ${id}`);
        last = place;
      }
    }
    for (const missing of made.slice(last + 1)) differences.push(`${missing.id} is missing at the end`);
    return differences;
  }

  private isNamed({ id, time }: MadeTrade, told: number): boolean {
    return this.holes.some(({ from, to, fromTime = -Infinity, toTime = Infinity, after }) => {
      if (from !== undefined && to !== undefined) return from <= Number(id) && Number(id) <= to;
      return after === told && fromTime <= time && time <= toTime;
    });
  }
}
