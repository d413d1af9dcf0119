import { Module } from '@nestjs/common';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { TradeRecorder } from './trade-recorder';

@Module({
  imports: [ExchangeStreamModule.forRoot({ exchanges: [binance()] })],
  providers: [TradeRecorder],
})
export class AppModule {}
