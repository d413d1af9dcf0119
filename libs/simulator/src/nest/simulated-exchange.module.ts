import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../simulator.ts';
import { getSimulatorToken } from './simulator.token.ts';

export interface SimulatedExchangeModuleOptions extends SimulatorOptions {
  /** Tells several simulators of one application apart. Default `default`. */
  readonly name?: string;
}

/**
 * Starts a simulated exchange with the application and stops it on `app.close()`, after everything that may still be
 * connected to it has been destroyed.
 *
 * ```ts
 * Test.createTestingModule({ imports: [SimulatedExchangeModule.forRoot({ exchange: 'binance', seed: 7 })] })
 * ```
 */
@Module({})
export class SimulatedExchangeModule {
  static forRoot(options: SimulatedExchangeModuleOptions): DynamicModule {
    const token = getSimulatorToken(options.name);
    return {
      module: SimulatedExchangeModule,
      global: true,
      providers: [
        { provide: token, useFactory: () => startSimulator(options) },
        {
          provide: `${token}:shutdown`,
          useFactory: (simulator: RunningSimulator) => new SimulatorShutdown(simulator),
          inject: [token],
        },
      ],
      exports: [token],
    };
  }
}

class SimulatorShutdown implements OnApplicationShutdown {
  constructor(private readonly simulator: RunningSimulator) {}

  onApplicationShutdown(): Promise<void> {
    return this.simulator.stop();
  }
}
