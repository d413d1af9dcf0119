import { Injectable } from '@nestjs/common';
import type {
  DerivativesEvent,
  LiquidationEvent,
  OptionEvent,
  PlatformStatusEvent,
  StatusEvent,
} from '@exchange-stream/market-data';
import {
  ExchangeStreamModule,
  OnDerivatives,
  OnLiquidation,
  OnOption,
  OnPlatformStatus,
  OnStatus,
} from '@exchange-stream/nestjs';
import { Applications } from './applications.ts';

const BTC = { exchange: 'toy', symbol: 'BTC/USDT' };

@Injectable()
class Desk {
  readonly seen: string[] = [];

  @OnDerivatives(BTC)
  onDerivatives({ markPrice }: DerivativesEvent): void {
    this.seen.push(`mark ${markPrice}`);
  }

  @OnLiquidation(BTC)
  onLiquidation({ side, price }: LiquidationEvent): void {
    this.seen.push(`liquidation ${side} ${price}`);
  }

  @OnOption(BTC, { policy: 'latest' })
  onOption({ delta }: OptionEvent): void {
    this.seen.push(`delta ${delta}`);
  }

  @OnPlatformStatus({ exchange: 'toy' })
  onPlatformStatus({ state, text, symbol }: PlatformStatusEvent): void {
    this.seen.push(`${state} ${text} of "${symbol}"`);
  }

  @OnStatus({ channel: 'status' })
  onStatus({ state, channel }: StatusEvent): void {
    this.seen.push(`${channel} is ${state}`);
  }
}

test('handlers of derivatives, liquidations, options and notices subscribe, and hear their own events', async () => {
  const applications = new Applications();
  const toy = applications.toy();
  const module = await applications.start({
    imports: [ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform })],
    providers: [Desk],
  });
  const { seen } = module.get(Desk);
  await toy.settle();
  expect(toy.topics).toEqual(['@status', 'BTCUSDT@derivatives', 'BTCUSDT@liquidations', 'BTCUSDT@options']);
  expect(seen).toEqual(['status is syncing', 'status is live']);
  toy.send('BTCUSDT@derivatives', { mark: '100' });
  toy.send('BTCUSDT@liquidations', { liquidated: '99' });
  toy.send('BTCUSDT@options', { delta: '0.5' });
  toy.send('@status', { notice: 'upgrade' });
  expect(seen.slice(2)).toEqual(['mark 100', 'liquidation sell 99', 'delta 0.5', 'ongoing upgrade of ""']);
  expect(await applications.closeAll()).toBe(0);
});
