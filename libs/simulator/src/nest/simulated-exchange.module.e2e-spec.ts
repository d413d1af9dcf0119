import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { RunningSimulator } from '../index.ts';
import { getSimulatorToken, InjectSimulator, SimulatedExchangeModule } from './index.ts';

@Injectable()
class Prices {
  constructor(@InjectSimulator() readonly simulator: RunningSimulator) {}
}

describe('SimulatedExchangeModule', () => {
  it('starts an exchange with the application and stops it with the application', async () => {
    const testing = await Test.createTestingModule({
      imports: [
        SimulatedExchangeModule.forRoot({ exchange: 'binance', seed: 7, market: { symbols: ['BTCUSDT'] } }),
      ],
      providers: [Prices],
    }).compile();
    const { simulator } = testing.get(Prices);
    const ping = `${simulator.restUrl}/api/v3/ping`;
    expect((await fetch(ping)).status).toBe(200);
    await testing.close();
    await expect(fetch(ping)).rejects.toThrow();
  });

  it('keeps several apart by name', async () => {
    const market = { symbols: ['BTCUSDT'] };
    const testing = await Test.createTestingModule({
      imports: [
        SimulatedExchangeModule.forRoot({ exchange: 'binance', market }),
        SimulatedExchangeModule.forRoot({ exchange: 'binance', market, name: 'second' }),
      ],
    }).compile();
    const first = testing.get<RunningSimulator>(getSimulatorToken());
    const second = testing.get<RunningSimulator>(getSimulatorToken('second'));
    expect(first.port).not.toBe(second.port);
    await testing.close();
  });
});
