import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { binance } from '@exchange-stream/adapters';
import {
  CredentialsProvider,
  ExchangeStreamHealthMonitor,
  ExchangeStreamModule,
  ExchangeStreamService,
} from '@exchange-stream/nestjs';
import { CapturedLog } from './captured-log.ts';
import { ToyExchange } from './toy-exchange.ts';
import { AccountsModule, Desk, Vault } from './readme/accounts.module.ts';
import { BookPrinter } from './readme/book-printer.ts';
import { ConnectionAlarm } from './readme/connection-alarm.ts';
import { CriticalModule } from './readme/critical.module.ts';
import { HealthController, HealthModule } from './readme/health.module.ts';
import { NewsDesk } from './readme/news-desk.ts';
import { QuoteRate } from './readme/quote-rate.ts';
import { QuoteStore } from './readme/quote-store.ts';
import { TradeRecorder } from './readme/trade-recorder.ts';
import { WireInspector } from './readme/wire-inspector.ts';
import { recordsTrades } from './readme/trade-recorder.test-example.ts';

const FOLDER = join(__dirname, 'readme');

describe('the README', () => {
  it('shows the code that is compiled with these tests, and nothing else', () => {
    const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code?.trim());
    const compiled = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8').trim());
    expect(shown.sort()).toEqual(compiled.sort());
  });

  it('shows providers that start', async () => {
    const { platform } = new ToyExchange('binance');
    const module = await Test.createTestingModule({
      imports: [
        ExchangeStreamModule.forRoot({ exchanges: [binance()], platform, healthCheckIntervalMs: 0 }),
        HealthModule,
      ],
      providers: [
        TradeRecorder,
        QuoteRate,
        QuoteStore,
        BookPrinter,
        NewsDesk,
        ConnectionAlarm,
        WireInspector,
      ],
    })
      .setLogger(new CapturedLog())
      .compile();
    await module.init();
    const desk = module.get(NewsDesk);
    await expect(desk.ask('why')).rejects.toThrow('not open');
    await expect(module.get(WireInspector).subscribed(AbortSignal.timeout(1_000))).rejects.toThrow(
      'not open',
    );
    desk.follow('rates');
    expect(desk.news.view()).toMatchObject({ id: 'binance/news/1', topics: 1 });
    expect(
      await module
        .get(HealthController)
        .check()
        .catch((error: Error) => error.message),
    ).toBe('Service Unavailable Exception');
    await module.close();
  });

  it('shows an alarm that goes off', async () => {
    const toy = new ToyExchange('binance');
    const module = await Test.createTestingModule({
      imports: [
        ExchangeStreamModule.forRoot({
          exchanges: [toy.adapter],
          platform: toy.platform,
          subscriptions: [
            { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' },
            { exchange: 'binance', channel: 'trades', symbol: 'NO/USDT' },
          ],
          healthCheckIntervalMs: 0,
        }),
      ],
      providers: [ConnectionAlarm],
    })
      .setLogger(new CapturedLog())
      .compile();
    const alarms: string[] = [];
    module.get(ConnectionAlarm).alarms.subscribe((alarm) => alarms.push(alarm));
    await module.init();
    await toy.settle();
    toy.drop();
    await toy.settle();
    expect(alarms).toEqual([
      expect.stringContaining('NO/USDT'),
      expect.stringContaining('binance/public/1 is lost'),
    ]);
    await Promise.all([module.close(), toy.clock.advance(10_000)]);
  });

  it('shows a module that starts', async () => {
    const module = await Test.createTestingModule({ imports: [CriticalModule] }).compile();
    expect(module.get(ExchangeStreamHealthMonitor).policy()).toMatchObject({
      critical: [{ channel: 'book' }],
    });
    await module.close();
  });

  it('shows a vault that is asked for accounts, and a desk that says why one cannot be used', async () => {
    const module = await Test.createTestingModule({ imports: [AccountsModule] }).compile();
    const stream = module.get(ExchangeStreamService);
    expect(module.get<unknown>(CredentialsProvider)).toBeInstanceOf(Vault);
    expect(module.get(Desk).obstacle('binance', 'hedge')).toBe('nothing of binance wants a login');
    module.get(Desk).rotate('binance', 'hedge');
    expect(stream.accounts().map(({ account }) => account)).toEqual(['default', 'hedge']);
    await module.close();
  });

  it('shows a test that runs', async () => {
    await expect(recordsTrades()).resolves.toBeUndefined();
  });
});
