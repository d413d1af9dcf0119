import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import { head, type Feed, type FeedSurroundings, type Payload } from './bybit.feed.ts';
import { TRADES_PER_FRAME } from './bybit.limits.ts';
import type { Listings } from './bybit.listings.ts';
import { isBlock, isRpi, tradeId, type TickDirections } from './bybit.trades.ts';

/** Trades of one symbol, of options of all on one coin. */
export class TradeFeed implements Feed {
  constructor(
    private readonly listings: Listings,
    private readonly directions: TickDirections,
    private readonly surroundings: FeedSurroundings,
  ) {}

  greeting(): undefined {
    return undefined;
  }

  /** What one order traded comes together, with one number of the exchange's sequence. */
  traded(market: InstrumentMarket, order: readonly Trade[]): void {
    const seq = market.book.lastUpdateId;
    const { topic, clock } = this.surroundings;
    const isSpot = this.listings.of(market).category === 'spot';
    for (let from = 0; from < order.length; from += TRADES_PER_FRAME) {
      const trades = order.slice(from, from + TRADES_PER_FRAME);
      const data = trades.map((trade) => this.row(market, trade, seq));
      this.surroundings.send({ ...head(topic, 'snapshot', clock.now(), isSpot), data });
    }
  }

  private row(market: InstrumentMarket, trade: Trade, seq: number): Payload {
    const { category, nativeSymbol } = this.listings.of(market);
    const { price, amount } = market.format;
    const T = Math.floor(trade.time);
    const S = trade.takerSide === 'buy' ? 'Buy' : 'Sell';
    const [p, v, i] = [price.text(trade.ticks), amount.text(trade.lots), tradeId(category, trade)];
    const flags = { BT: isBlock(trade), RPI: isRpi(trade) };
    return category === 'spot'
      ? { i, T, p, v, S, seq, s: nativeSymbol, ...flags }
      : { T, s: nativeSymbol, S, v, p, L: this.directions.of(trade), i, ...flags, seq };
  }
}
