import 'reflect-metadata';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import type { RunningSimulator } from '@exchange-stream/simulator';
import { getSimulatorToken, SimulatedExchangeModule } from '@exchange-stream/simulator/nestjs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Tape } from './tape.js';

const exchange: ExchangeAdapter = binance();

/** A service without the optional peers: no schedule, no health checks. */
@Module({
  imports: [
    SimulatedExchangeModule.forRoot({ exchange: 'binance', seed: 7 }),
    ExchangeStreamModule.forRootAsync({
      exchanges: [exchange],
      useFactory: ({ webSocketUrl, restUrl }: RunningSimulator) => ({
        settings: { binance: { urls: { public: webSocketUrl, rest: restUrl } } },
      }),
      inject: [getSimulatorToken()],
    }),
  ],
  providers: [Tape],
})
class BareService {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(BareService, { logger: ['warn', 'error'] });
  const tape = app.get(Tape);
  await tape.complete;
  await app.close();
  console.log(`${tape.trades.length} trades`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
