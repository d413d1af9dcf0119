import { Module } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import type { TestingModule } from '@nestjs/testing';
import type { SubscriptionRequest } from '@exchange-stream/market-data';
import {
  ExchangeStreamHealthMonitor,
  ExchangeStreamModule,
  getExchangeStreamToken,
  type ExchangeHealth,
  type ExchangeStream,
  type ExchangeStreamModuleOptions,
} from '@exchange-stream/nestjs';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { Applications } from './applications.ts';
import type { ToyExchange } from './toy-exchange.ts';

const BTC: SubscriptionRequest = { exchange: 'toy', channel: 'trades', symbol: 'BTC/USDT' };

describe('health', () => {
  let applications: Applications;
  let toy: ToyExchange;

  const root = (
    options: Partial<ExchangeStreamModuleOptions> = {},
  ): ReturnType<typeof ExchangeStreamModule.forRoot> =>
    ExchangeStreamModule.forRoot({
      exchanges: [toy.adapter],
      platform: toy.platform,
      subscriptions: [BTC],
      ...options,
    });

  beforeEach(() => {
    applications = new Applications();
    toy = applications.toy();
  });

  afterEach(async () => {
    expect(await applications.closeAll()).toBe(0);
  });

  describe('indicator', () => {
    @Module({ imports: [TerminusModule], providers: [ExchangeStreamHealthIndicator] })
    class HealthModule {}

    const indicatorOf = (module: TestingModule): ExchangeStreamHealthIndicator =>
      module.get(ExchangeStreamHealthIndicator, { strict: false });

    /** What the indicator says about the toy. */
    const reasonOf = (indicator: ExchangeStreamHealthIndicator): string => {
      const exchanges = indicator.check('exchanges').exchanges['exchanges'] as Record<string, ExchangeHealth>;
      return exchanges['toy']?.reason ?? '';
    };

    it('is up while the exchange serves, down while it does not, and says why', async () => {
      const indicator = indicatorOf(await applications.start({ imports: [root(), HealthModule] }));
      expect(reasonOf(indicator)).toMatch(/^0 of 1 subscriptions served; trades BTC\/USDT is subscribing/);
      expect(indicator.check('exchanges').exchanges.status).toBe('down');

      await toy.settle();
      expect(indicator.check('exchanges')).toEqual({
        exchanges: {
          status: 'up',
          exchanges: {
            toy: {
              status: 'up',
              reason: '1 of 1 subscriptions served',
              connections: { open: 1 },
              subscriptions: { subscribed: 1 },
              data: { live: 1 },
              accounts: [
                {
                  ...{ account: 'default', exchange: 'toy', state: 'none', status: 'up' },
                  ...{ reason: 'nothing of toy wants a login', since: expect.any(Number) as number },
                },
              ],
            },
          },
        },
      });

      toy.reachable = false;
      toy.drop();
      expect(indicator.check('exchanges')).toMatchObject({
        exchanges: { status: 'down', exchanges: { toy: { connections: { waiting: 1 } } } },
      });
      expect(reasonOf(indicator)).toContain('code 1006');
    });

    it('takes one working exchange for enough, or asks for all, or for those named', async () => {
      const other = { ...toy.adapter, exchange: 'other' };
      const options = { exchanges: [toy.adapter, other], subscriptions: [BTC] };
      const indicator = indicatorOf(await applications.start({ imports: [root(options), HealthModule] }));
      const status = (...check: Parameters<typeof indicator.check>): unknown =>
        Object.values(indicator.check(...check))[0]?.status;

      expect(status('any')).toBe('up');
      expect(status('all', { policy: 'all' })).toBe('down');
      expect(status('toy', { exchanges: ['toy'] })).toBe('down');
      expect(status('other', { exchanges: ['other'], policy: 'all' })).toBe('up');
      expect(() => indicator.check('x', { exchanges: ['toyy'] })).toThrow('Did you mean "toy"?');
      expect(() => indicator.check('x', { instance: 'y' })).toThrow('no exchange stream named "y"');
    });

    it('asks nothing of an exchange that was disabled, and says so', async () => {
      const other = { ...toy.adapter, exchange: 'other' };
      const options = { exchanges: [toy.adapter, other], subscriptions: [BTC] };
      const module = await applications.start({ imports: [root(options), HealthModule] });
      const indicator = indicatorOf(module);
      expect(indicator.check('x', { policy: 'all' }).x.status).toBe('down');
      const disabled = module.get<ExchangeStream>(getExchangeStreamToken()).disable('toy');
      await toy.settle();
      await disabled;
      expect(indicator.check('x', { policy: 'all' })).toMatchObject({
        x: {
          status: 'up',
          exchanges: {
            toy: {
              status: 'disabled',
              reason: 'disabled by the user; 1 subscriptions wait until it is enabled',
            },
          },
        },
      });
      expect(indicator.check('x', { exchanges: ['toy'] }).x.status).toBe('up');
      expect(indicator.check('x', { policy: { critical: [BTC] } })).toMatchObject({
        x: {
          status: 'down',
          critical: [{ reason: 'trades BTC/USDT is inactive, the exchange is disabled by the user' }],
        },
      });
    });

    it('asks for critical subscriptions where the instance or the check says so, however the others do', async () => {
      const ETH: SubscriptionRequest = { ...BTC, symbol: 'ETH/USDT' };
      const options = { healthPolicy: { critical: [BTC] } };
      const indicator = indicatorOf(await applications.start({ imports: [root(options), HealthModule] }));
      const check = (critical?: SubscriptionRequest[]): unknown =>
        indicator.check('x', critical ? { policy: { critical } } : {}).x;
      expect(check()).toMatchObject({ status: 'down', critical: [{ subscription: 'toy trades BTC/USDT' }] });
      await toy.settle();
      expect(check()).toMatchObject({ status: 'up', critical: [{ reason: '1 subscribed and live' }] });
      expect(check([BTC, ETH])).toMatchObject({
        status: 'down',
        critical: [{ status: 'up' }, { status: 'down', reason: 'nobody has subscribed it' }],
      });
      expect(check([{ ...BTC, params: { depth: 5 } }])).toMatchObject({ status: 'down' });
      expect(indicator.check('x', { policy: 'any' }).x.status).toBe('up');
      expect(() => check([{ ...BTC, exchange: 'toyy' }])).toThrow('Did you mean "toy"?');
    });
  });

  describe('check', () => {
    const monitorOf = (module: TestingModule): ExchangeStreamHealthMonitor =>
      module.get(ExchangeStreamHealthMonitor, { strict: false });

    it('runs on the clock where there is no scheduler, says so once, and logs each change once', async () => {
      const monitor = monitorOf(
        await applications.start({ imports: [root({ healthCheckIntervalMs: 1_000 })] }),
      );
      const changes = (): string[] => applications.log.about('toy went from');
      expect(applications.log.about('Health is checked every 1000 ms by an own timer')).toHaveLength(1);
      expect(monitor.lastReport()).toBeUndefined();

      await toy.clock.advance(3_500);
      expect(monitor.lastReport()).toMatchObject({ status: 'up' });
      expect(changes()).toEqual([]);

      toy.reachable = false;
      toy.drop();
      await toy.clock.advance(3_000);
      expect(monitor.lastReport()).toMatchObject({ status: 'down', at: toy.clock.now() - 500 });
      expect(changes()).toEqual([
        expect.stringContaining('warn ExchangeStream toy went from up to down: 0 of 1'),
      ]);

      toy.reachable = true;
      await toy.clock.advance(60_000);
      expect(changes().slice(1)).toEqual([
        'log ExchangeStream toy went from down to up: 1 of 1 subscriptions served',
      ]);
    });

    it('logs that an exchange was disabled, and enabled again, as no trouble', async () => {
      const module = await applications.start({ imports: [root({ healthCheckIntervalMs: 1_000 })] });
      const stream = module.get<ExchangeStream>(getExchangeStreamToken());
      await toy.settle();
      void stream.disable('toy');
      await toy.clock.advance(3_000);
      expect(monitorOf(module).lastReport()).toMatchObject({ status: 'disabled' });
      stream.enable('toy');
      await toy.clock.advance(3_000);
      expect(applications.log.about('toy went from')).toEqual([
        'log ExchangeStream toy went from up to disabled: disabled by the user; 1 subscriptions wait until it is enabled',
        'log ExchangeStream toy went from disabled to up: 1 of 1 subscriptions served',
      ]);
    });

    it('is off when its interval is zero', async () => {
      const monitor = monitorOf(await applications.start({ imports: [root({ healthCheckIntervalMs: 0 })] }));
      await toy.clock.advance(120_000);
      expect(monitor.lastReport()).toBeUndefined();
      expect(monitor.report()).toMatchObject({ status: 'up' });
    });

    it("runs in the application's scheduler, one interval for each instance, and leaves it on close", async () => {
      const second = applications.toy('toy', toy.clock);
      const module = await applications.start({
        imports: [
          root({ healthCheckIntervalMs: 5 }),
          root({ name: 'second', exchanges: [second.adapter], platform: second.platform }),
          ScheduleModule.forRoot(),
        ],
      });
      const registry = module.get(SchedulerRegistry, { strict: false });
      expect(registry.getIntervals()).toEqual(['exchange-stream:health', 'exchange-stream:health:second']);
      expect(applications.log.about('own timer')).toEqual([]);

      const monitor = monitorOf(module);
      while (!monitor.lastReport()) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(monitor.lastReport()?.exchanges).toMatchObject([{ exchange: 'toy' }]);

      await applications.close(module);
      expect(registry.getIntervals()).toEqual([]);
    });
  });
});
