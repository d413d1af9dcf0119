import type { LostRange, MarketEvent } from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { labTradeId, type LabExchange } from './twin/index.ts';

/** As many as say enough. */
const KEPT = 5;

/** A trade as lab made it; its number counts up by one in every dialect. */
interface Made {
  readonly number: number;
  readonly time: number;
}

/** What one consumer has been told. */
interface Told {
  /** Number of the newest trade. */
  last: number | undefined;
  /** Numbers of all trades. */
  readonly numbers: Set<number>;
  /** Of the exchange's ids, missing for good. */
  readonly ranges: LostRange[];
  /** Told since the newest trade, without ids: of the times between it and the next one. */
  times: LostRange[];
}

/**
 * Compares the trades that consumers are told with those that lab made, at every event: each once, in lab's order, and where
 * some are left out a `gap` that is not being asked for has named them before. Of ids that do not count nobody can tell what
 * was lost on a living connection, nor that it has changed the order: there only what came is judged, and while lab has
 * reordered nothing its order.
 */
export class TradeReferee {
  /** What was wrong, the first of it. */
  readonly wrong: string[] = [];
  compared = 0;
  private readonly made = new Map<string, Map<string, Made>>();

  constructor(private readonly exchange: LabExchange) {}

  /** Follows trades from here on. Whoever follows no trades is not heard. */
  follow(handle: SubscriptionHandle): void {
    if (handle.request.channel !== 'trades') return;
    const told: Told = { last: undefined, numbers: new Set(), ranges: [], times: [] };
    handle.on((event) => this.receive(handle.key, told, event));
  }

  private receive(key: string, told: Told, event: MarketEvent): void {
    if (event.type === 'trade') return this.compare(key, told, event.nativeSymbol, event.id);
    if (event.type !== 'status' || event.state !== 'gap' || event.lost?.asked) return;
    const lost = event.lost ?? {};
    if (lost.from === undefined || lost.to === undefined) told.times.push(lost);
    else told.ranges.push(lost);
  }

  private compare(key: string, told: Told, nativeSymbol: string, id: string): void {
    this.compared++;
    const trade = this.find(nativeSymbol, id);
    if (!trade) return this.note(`${key}: ${id} was never made`);
    const { number } = trade;
    const { last = number - 1 } = told;
    if (told.numbers.has(number)) this.note(`${key}: ${id} came again`);
    else if (number <= last) {
      if (!this.mayBeReordered) this.note(`${key}: ${id} came after a later one`);
    } else if (this.exchange.dialects.tradeIds === 'count') {
      for (let missing = last + 1; missing < number; missing++) {
        if (!this.isNamed(told, nativeSymbol, missing))
          this.note(`${key}: ${missing} is missing before ${id}, and no gap has named it`);
      }
    }
    told.last = Math.max(last, number);
    told.numbers.add(number);
    told.times = [];
  }

  private get mayBeReordered(): boolean {
    const { dialects, faults } = this.exchange;
    if (dialects.tradeIds === 'count') return false;
    return faults.log.some(({ event, fault }) => event === 'hit' && fault.type === 'reorder-frames');
  }

  private isNamed({ ranges, times }: Told, nativeSymbol: string, id: number): boolean {
    if (ranges.some(({ from = Infinity, to = -Infinity }) => from <= id && id <= to)) return true;
    const time = this.find(nativeSymbol, String(id))?.time;
    return times.some(
      ({ fromTime = -Infinity, toTime = Infinity }) =>
        time !== undefined && fromTime <= time && time <= toTime,
    );
  }

  private find(nativeSymbol: string, id: string): Made | undefined {
    const made = this.made.get(nativeSymbol) ?? new Map<string, Made>();
    this.made.set(nativeSymbol, made);
    if (made.has(id)) return made.get(id);
    for (const { id: number, time } of this.exchange.market.trades(nativeSymbol))
      made.set(labTradeId(number, this.exchange.dialects.tradeIds), { number, time });
    return made.get(id);
  }

  private note(problem: string): void {
    if (this.wrong.length < KEPT) this.wrong.push(problem);
  }
}
