import { Injectable, Logger } from '@nestjs/common';
import type { CandleEvent, StatusEvent, TradeEvent } from '@exchange-stream/market-data';
import { OnCandle, OnStatus, OnTrade } from '@exchange-stream/nestjs';

@Injectable()
export class TradeRecorder {
  private readonly logger = new Logger(TradeRecorder.name);

  @OnTrade({ exchange: 'binance', symbol: 'BTC/USDT' })
  onTrade({ price, amount, side }: TradeEvent): void {
    this.logger.log(`${side} ${amount} at ${price}`);
  }

  @OnCandle({ exchange: 'binance', symbol: 'BTC/USDT', interval: '1m' })
  async onCandle(candle: CandleEvent): Promise<void> {
    if (candle.closed) await this.save(candle);
  }

  @OnStatus()
  onStatus({ subscription, state, reason }: StatusEvent): void {
    this.logger.warn(`${subscription} is ${state}: ${reason}`);
  }

  private save(_candle: CandleEvent): Promise<void> {
    return Promise.resolve();
  }
}
