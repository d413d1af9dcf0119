import { Test } from '@nestjs/testing';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { startSimulator } from '@exchange-stream/simulator';
import { TradeRecorder } from './trade-recorder';

export async function recordsTrades(): Promise<void> {
  const simulator = await startSimulator({ exchange: 'binance', seed: 7 });
  const { webSocketUrl, restUrl } = simulator;
  const module = await Test.createTestingModule({
    imports: [
      ExchangeStreamModule.forRoot({
        exchanges: [binance()],
        settings: { binance: { urls: { public: webSocketUrl, rest: restUrl } } },
      }),
    ],
    providers: [TradeRecorder],
  }).compile();
  await module.init();
  // … what the recorder has recorded …
  await module.close();
  await simulator.stop();
}
