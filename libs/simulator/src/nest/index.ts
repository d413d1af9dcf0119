export { SimulatedExchangeModule, type SimulatedExchangeModuleOptions } from './simulated-exchange.module.ts';
export { InjectSimulator, getSimulatorToken } from './simulator.token.ts';
