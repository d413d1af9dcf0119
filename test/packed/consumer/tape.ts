import { compareDecimals, type TradeEvent } from '@exchange-stream/market-data';
import { OnTrade } from '@exchange-stream/nestjs';
import { Injectable } from '@nestjs/common';

const WANTED_TRADES = 10;

/** What a user writes: a provider with a decorated method. */
@Injectable()
export class Tape {
  readonly trades: TradeEvent[] = [];
  private announce: () => void = () => undefined;
  readonly complete = new Promise<void>((resolve) => (this.announce = resolve));

  @OnTrade({ exchange: 'binance', symbol: 'BTC/USDT' })
  onTrade(trade: TradeEvent): void {
    if (compareDecimals(trade.price, '0') <= 0) throw new Error(`A trade at ${trade.price}.`);
    this.trades.push(trade);
    if (this.trades.length === WANTED_TRADES) this.announce();
  }
}
