import { Inject } from '@nestjs/common';

/** Token of the running simulator; `name` as given to the module where several run. */
export function getSimulatorToken(name: string = 'default'): string {
  return `EXCHANGE_SIMULATOR:${name}`;
}

/** Injects the `RunningSimulator`: its addresses, its market, its judgements. */
export function InjectSimulator(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getSimulatorToken(name));
}
