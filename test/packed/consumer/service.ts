import 'reflect-metadata';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { startSimulator, type RunningSimulator } from '@exchange-stream/simulator';
import { SlidingWindow, serveExchange, type ServeOptions } from '@exchange-stream/simulator/kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import { Tape } from './tape.js';

@Module({})
class Service {
  static on(simulator: RunningSimulator): DynamicModule {
    return {
      module: Service,
      imports: [
        ScheduleModule.forRoot(),
        TerminusModule.forRoot({ logger: false }),
        ExchangeStreamModule.forRoot({
          exchanges: [binance()],
          settings: { binance: { urls: { public: simulator.webSocketUrl, rest: simulator.restUrl } } },
        }),
      ],
      providers: [Tape, ExchangeStreamHealthIndicator],
    };
  }
}

/** What a twin of one's own is built from. */
const KIT: { readonly options: ServeOptions; readonly parts: readonly unknown[] } = {
  options: { port: 0 },
  parts: [SlidingWindow, serveExchange],
};

async function main(): Promise<void> {
  if (KIT.parts.some((part) => typeof part !== 'function')) throw new Error('The kit is not whole.');
  const simulator = await startSimulator({ exchange: 'binance', seed: 7 });
  const app = await NestFactory.createApplicationContext(Service.on(simulator), {
    logger: ['warn', 'error'],
  });
  const tape = app.get(Tape);
  await tape.complete;
  const { exchanges } = app.get(ExchangeStreamHealthIndicator).check('exchanges', { policy: 'all' });
  await app.close();
  await simulator.stop();
  if (exchanges.status !== 'up')
    throw new Error(`Health is ${JSON.stringify(exchanges)} while trades come in.`);
  console.log(`${tape.trades.length} trades, health ${exchanges.status}`);
}

// Nothing ends the process here: a timer or socket left behind would keep it alive, and the test would tell.
main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
