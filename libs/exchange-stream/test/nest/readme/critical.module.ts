import { Module } from '@nestjs/common';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';

@Module({
  imports: [
    ExchangeStreamModule.forRoot({
      exchanges: [binance()],
      subscriptions: [
        { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' },
        { exchange: 'binance', channel: 'trades', symbols: { quote: 'USDT' } },
      ],
      // Without this one book we are of no use; a quiet altcoin is no reason to be restarted.
      healthPolicy: { critical: [{ exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' }] },
      healthCheckIntervalMs: 10_000,
    }),
  ],
})
export class CriticalModule {}
