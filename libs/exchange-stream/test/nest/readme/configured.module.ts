import { Injectable, Module } from '@nestjs/common';
import { binance } from '@exchange-stream/adapters';
import {
  ExchangeStreamModule,
  type ExchangeStreamAsyncResult,
  type ExchangeStreamOptionsFactory,
} from '@exchange-stream/nestjs';

@Injectable()
export class ExchangeStreamConfig implements ExchangeStreamOptionsFactory {
  createExchangeStreamOptions(): ExchangeStreamAsyncResult {
    return {
      settings: { binance: { environment: process.env['NODE_ENV'] === 'production' ? 'live' : 'testnet' } },
      subscriptions: [
        { exchange: 'binance', channel: 'ticker', symbol: 'ETH/USDT' },
        // Many at once; they follow what the exchange lists.
        { exchange: 'binance', channel: 'trades', symbols: { pattern: 'BTC/*', quote: ['USDT', 'USDC'] } },
        { exchange: 'binance', channel: 'quotes', symbols: 'all', except: ['*/TRY'] },
      ],
    };
  }
}

@Module({
  imports: [ExchangeStreamModule.forRootAsync({ exchanges: [binance()], useClass: ExchangeStreamConfig })],
})
export class ConfiguredModule {}
