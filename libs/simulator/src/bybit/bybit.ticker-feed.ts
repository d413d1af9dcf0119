import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Feed, FeedSurroundings, PacedFeed, Payload } from './bybit.feed.ts';
import type { BybitInstrument } from './bybit.instruments.ts';
import { futuresFields, optionFields, spotFields, type TickerFields } from './bybit.tickers.ts';
import type { TickDirections } from './bybit.trades.ts';

const SPOT_PERIOD_MS = 50;
const PERIOD_MS = 100;
/** A best price and its amount come together, whichever of them is another one. */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ['bid1Price', 'bid1Size'],
  ['bid1Size', 'bid1Price'],
  ['ask1Price', 'ask1Size'],
  ['ask1Size', 'ask1Price'],
]);

/** The ticker of one symbol: of perpetuals and futures once whole, then what changed; of others always whole. */
export class TickerFeed implements Feed, PacedFeed {
  private published: TickerFields = {};

  constructor(
    private readonly market: InstrumentMarket,
    private readonly instrument: BybitInstrument,
    private readonly directions: TickDirections,
    private readonly surroundings: FeedSurroundings,
  ) {}

  greeting(isFirst: boolean): Payload {
    if (isFirst) this.published = this.fields();
    return this.frame('snapshot', this.published);
  }

  traded(): void {
    if (this.isPaced) this.surroundings.pace(SPOT_PERIOD_MS).add(this);
  }

  beat(due: (periodMs: number) => boolean): void {
    if (!this.isPaced && due(PERIOD_MS)) this.publish();
  }

  flush(): void {
    this.publish();
  }

  publish(): void {
    const fields = this.fields();
    const changed = changedFields(this.published, fields);
    this.published = fields;
    if (changed.length === 0) return;
    const { category } = this.instrument;
    if (category !== 'linear' && category !== 'inverse') {
      this.surroundings.send(this.frame('snapshot', fields));
      return;
    }
    const delta = changed.map((name) => [name, fields[name] ?? ''] as const);
    this.surroundings.send(
      this.frame('delta', { symbol: this.instrument.nativeSymbol, ...Object.fromEntries(delta) }),
    );
  }

  /** Spot changes when something is traded; contracts have prices and greeks that move by themselves. */
  private get isPaced(): boolean {
    const { category } = this.instrument;
    return category === 'spot' || category === 'spread';
  }

  private fields(): TickerFields {
    const { market, instrument, directions } = this;
    const source = { market, instrument, directions, now: this.surroundings.clock.now() };
    switch (instrument.category) {
      case 'spot':
      case 'spread':
        return spotFields(source);
      case 'option':
        return optionFields(source);
      case 'linear':
      case 'inverse':
        return futuresFields(source);
    }
  }

  private frame(type: 'snapshot' | 'delta', data: TickerFields): Payload {
    const { topic, clock } = this.surroundings;
    const ts = Math.floor(clock.now());
    const cs = this.market.book.lastUpdateId;
    switch (this.instrument.category) {
      case 'option':
        return { id: `${topic}-${cs}-${ts}`, topic, ts, data, type };
      case 'spot':
        return { topic, ts, type, cs, data };
      default:
        return { topic, type, data, cs, ts };
    }
  }
}

/** Names of the fields that are other ones now, and of those that come along with them. */
function changedFields(before: TickerFields, after: TickerFields): readonly string[] {
  const isOther = (name: string): boolean => before[name] !== after[name];
  return Object.keys(after).filter((name) => isOther(name) || isOther(PAIRS.get(name) ?? name));
}
