import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import type { ModuleMetadata } from '@nestjs/common';
import { CapturedLog } from './captured-log.ts';
import { ToyExchange } from './toy-exchange.ts';

/** The applications and toy exchanges of one test. */
export class Applications {
  readonly log = new CapturedLog();
  private readonly opened: TestingModule[] = [];
  private readonly toys: ToyExchange[] = [];

  toy(exchange?: string, clock?: ToyExchange['clock']): ToyExchange {
    const toy = new ToyExchange(exchange, clock);
    this.toys.push(toy);
    return toy;
  }

  /** @param prepare changes the testing module before it is compiled */
  async start(
    metadata: ModuleMetadata,
    prepare: (testing: TestingModuleBuilder) => TestingModuleBuilder = (testing) => testing,
  ): Promise<TestingModule> {
    const module = await prepare(Test.createTestingModule(metadata)).setLogger(this.log).compile();
    this.opened.push(module);
    return module.init();
  }

  /** Closes while virtual time passes. */
  async close(module: TestingModule): Promise<void> {
    let closed = false;
    const closing = module.close().then(() => (closed = true));
    for (let turn = 0; turn < 100 && !closed; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const { clock } of this.toys) await clock.advance(100);
    }
    await closing;
  }

  /** Closes everything, and says how many timers are left. */
  async closeAll(): Promise<number> {
    for (const module of this.opened.splice(0)) await this.close(module);
    return this.toys.reduce((left, { clock }) => left + clock.pending, 0);
  }
}
