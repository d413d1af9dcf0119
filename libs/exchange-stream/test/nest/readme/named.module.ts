import { Injectable, Module } from '@nestjs/common';
import { binance } from '@exchange-stream/adapters';
import type { TradeEvent } from '@exchange-stream/market-data';
import {
  ExchangeStreamModule,
  InjectConnectionManager,
  InjectExchangeStream,
  OnTrade,
  type ConnectionManager,
  type ExchangeStreamService,
} from '@exchange-stream/nestjs';

@Injectable()
export class Practice {
  constructor(
    @InjectExchangeStream('testnet') readonly stream: ExchangeStreamService,
    @InjectConnectionManager('binance', 'testnet') readonly manager: ConnectionManager,
  ) {}

  @OnTrade({ exchange: 'binance', symbol: 'BTC/USDT', instance: 'testnet' })
  onTrade(_trade: TradeEvent): void {}
}

@Module({
  imports: [
    ExchangeStreamModule.forRoot({ exchanges: [binance()] }),
    ExchangeStreamModule.forRoot({
      name: 'testnet',
      exchanges: [binance()],
      settings: { binance: { environment: 'testnet' } },
    }),
    ExchangeStreamModule.forFeature(
      [{ exchange: 'binance', channel: 'quotes', symbol: 'ETH/USDT' }],
      'testnet',
    ),
  ],
  providers: [Practice],
})
export class NamedModule {}
