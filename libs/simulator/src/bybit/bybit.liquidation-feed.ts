import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Feed, FeedSurroundings, PacedFeed } from './bybit.feed.ts';

const PERIOD_MS = 500;

/** Liquidations of one symbol: all of half a second in one frame. */
export class LiquidationFeed implements Feed, PacedFeed {
  private readonly waiting: Liquidation[] = [];

  constructor(
    private readonly market: InstrumentMarket,
    private readonly nativeSymbol: string,
    private readonly surroundings: FeedSurroundings,
  ) {}

  greeting(): undefined {
    this.waiting.length = 0;
  }

  liquidated(liquidation: Liquidation): void {
    this.waiting.push(liquidation);
    this.surroundings.pace(PERIOD_MS).add(this);
  }

  publish(): void {
    const { price, amount } = this.market.format;
    const rows = this.waiting.splice(0).map(({ time, side, ticks, lots }) => ({
      T: Math.floor(time),
      s: this.nativeSymbol,
      // The side of the position: an order that sells ends a long one.
      S: side === 'sell' ? 'Buy' : 'Sell',
      v: amount.text(lots),
      p: price.text(ticks),
    }));
    if (rows.length === 0) return;
    const { topic, clock } = this.surroundings;
    this.surroundings.send({ topic, type: 'snapshot', ts: Math.floor(clock.now()), data: rows });
  }
}
