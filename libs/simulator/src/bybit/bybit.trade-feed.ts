import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Feed, FeedSurroundings, Payload } from './bybit.feed.ts';
import { TRADES_PER_FRAME } from './bybit.limits.ts';
import type { Listings } from './bybit.listings.ts';
import { isRpi, tradeId, type TickDirections } from './bybit.trades.ts';

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
    for (let from = 0; from < order.length; from += TRADES_PER_FRAME) {
      const trades = order.slice(from, from + TRADES_PER_FRAME);
      this.surroundings.send({
        topic: this.surroundings.topic,
        type: 'snapshot',
        ts: Math.floor(this.surroundings.clock.now()),
        data: trades.map((trade) => this.row(market, trade, seq)),
      });
    }
  }

  private row(market: InstrumentMarket, trade: Trade, seq: number): Payload {
    const { category, nativeSymbol } = this.listings.of(market);
    const { price, amount } = market.format;
    const row = {
      T: Math.floor(trade.time),
      s: nativeSymbol,
      S: trade.takerSide === 'buy' ? 'Buy' : 'Sell',
      v: amount.text(trade.lots),
      p: price.text(trade.ticks),
    };
    const rest = { i: tradeId(category, trade), BT: false, RPI: isRpi(trade), seq };
    return category === 'spot' ? { ...row, ...rest } : { ...row, L: this.directions.of(trade), ...rest };
  }
}
