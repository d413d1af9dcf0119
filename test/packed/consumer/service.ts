import 'reflect-metadata';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { startSimulator, type RunningSimulator } from '@exchange-stream/simulator';
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

async function main(): Promise<void> {
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
