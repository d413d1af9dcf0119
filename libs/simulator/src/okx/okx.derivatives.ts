import type { Clock } from '@exchange-stream/market-data';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import {
  estimatedPriceRow,
  fundingRow,
  indexRow,
  liquidationRow,
  markPriceRow,
  openInterestRow,
  optionRow,
  optionTradeRow,
  priceLimitRow,
  type Derivative,
  type IndexRange,
} from './okx.derivative-rows.ts';
import { frameText, type Payload } from './okx.frames.ts';
import { publish, type LiveTopic, type OkxTopicIndex } from './okx.topic-index.ts';
import { familyOf, instTypeOf, type ChannelKind, type OkxTopic } from './okx.topics.ts';

/** How often each channel tells how things stand. */
const PERIODS_MS: Readonly<Partial<Record<ChannelKind, number>>> = {
  'mark-price': 1000,
  'index-tickers': 1000,
  'opt-summary': 1000,
  'estimated-price': 1000,
  'open-interest': 3000,
  'price-limit': 5000,
  // Every 30 to 90 seconds.
  'funding-rate': 60_000,
};
/** Of one contract no more than one is told within so long: the channel is not complete. */
const LIQUIDATION_SPACING_MS = 1000;

/** Publishes what only derivatives have. */
export class OkxDerivatives {
  private readonly ranges = new Map<string, IndexRange>();
  /** The latest of each type, with which a subscription begins. */
  private readonly latest = new Map<string, Payload>();
  private readonly liquidatedAt = new Map<InstrumentMarket, number>();

  constructor(
    private readonly clock: Clock,
    private readonly topics: OkxTopicIndex,
    private readonly market: () => SeededMarket,
  ) {}

  /** A tenth of a second is over. */
  beat(isDue: (periodMs: number) => boolean): void {
    for (const live of this.topics.all) {
      const periodMs = PERIODS_MS[live.topic.kind];
      if (periodMs !== undefined && isDue(periodMs)) this.tell(live);
    }
  }

  /** How things stand, to whoever comes; of liquidations the last one again, which is no news. */
  rowsOf({ kind, subject }: OkxTopic): readonly Payload[] {
    const now = this.clock.now();
    if (kind === 'index-tickers') return this.indexRows(subject, now);
    if (kind === 'liquidation-orders') return rowOrNone(this.latest.get(subject));
    if (kind === 'opt-summary') {
      const options = this.derivatives().filter(
        ({ market }) => familyOf(market) === subject && instTypeOf(market) === 'OPTION',
      );
      return options.map((option) => optionRow(option, now));
    }
    const rowOf = ROWS[kind];
    const derivative = this.derivatives().find(({ market }) => market.instrument.symbol === subject);
    return derivative === undefined ? [] : rowOrNone(rowOf?.(derivative, now));
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    const { contract } = market;
    const row = contract && optionTradeRow({ market, contract }, trade);
    if (row === undefined) return;
    for (const live of this.topics.of('option-trades', familyOf(market)))
      publish(live, frameText(live.topic.arg, [row]));
  }

  liquidated(market: InstrumentMarket, liquidation: Liquidation): void {
    const now = this.clock.monotonic();
    if (now - (this.liquidatedAt.get(market) ?? -Infinity) < LIQUIDATION_SPACING_MS) return;
    this.liquidatedAt.set(market, now);
    const row = liquidationRow(market, liquidation);
    const type = instTypeOf(market);
    this.latest.set(type, row);
    for (const live of this.topics.of('liquidation-orders', type))
      publish(live, frameText(live.topic.arg, [row]));
  }

  private tell(live: LiveTopic): void {
    const rows = this.rowsOf(live.topic);
    if (rows.length > 0) publish(live, frameText(live.topic.arg, rows));
  }

  private indexRows(instId: string, now: number): readonly Payload[] {
    const price = this.derivatives().find(({ contract }) => contract.contract.index === instId)?.contract
      .indexPrice;
    if (price === undefined) return [];
    const range = this.ranges.get(instId) ?? { open: price, high: price, low: price };
    this.ranges.set(instId, range);
    range.high = Math.max(range.high, price);
    range.low = Math.min(range.low, price);
    return [indexRow(instId, price, range, now)];
  }

  /** All that are listed and not over. */
  private derivatives(): readonly Derivative[] {
    return this.market().markets.flatMap((market) => {
      const { contract, status } = market;
      return contract === undefined || status === 'closed' ? [] : [{ market, contract }];
    });
  }
}

const ROWS: Partial<Record<ChannelKind, (derivative: Derivative, now: number) => Payload | undefined>> = {
  'mark-price': markPriceRow,
  'funding-rate': fundingRow,
  'open-interest': openInterestRow,
  'price-limit': priceLimitRow,
  'estimated-price': estimatedPriceRow,
};

function rowOrNone(row: Payload | undefined): readonly Payload[] {
  return row === undefined ? [] : [row];
}
