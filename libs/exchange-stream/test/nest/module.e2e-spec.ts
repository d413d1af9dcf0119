import { Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import type { SubscriptionRequest } from '@exchange-stream/market-data';
import {
  ConnectionManager,
  ExchangeStreamModule,
  ExchangeStreamService,
  InjectAdapter,
  InjectConnectionManager,
  InjectExchangeStream,
  getConnectionManagerToken,
  getExchangeStreamToken,
  type ExchangeAdapter,
  type ExchangeStreamAsyncResult,
  type ExchangeStreamOptionsFactory,
} from '@exchange-stream/nestjs';
import { CredentialsProvider } from '@exchange-stream/nestjs/engine';
import { Applications } from './applications.ts';
import { ToyExchange } from './toy-exchange.ts';

const BTC: SubscriptionRequest<'trades'> = { exchange: 'toy', channel: 'trades', symbol: 'BTC/USDT' };
const ETH: SubscriptionRequest<'trades'> = { ...BTC, symbol: 'ETH/USDT' };

describe('ExchangeStreamModule', () => {
  let applications: Applications;
  const newToy = (...args: Parameters<Applications['toy']>): ToyExchange => applications.toy(...args);
  const start = (...imports: NonNullable<ModuleMetadata['imports']>): Promise<TestingModule> =>
    applications.start({ imports });

  beforeEach(() => {
    applications = new Applications();
  });

  afterEach(async () => {
    expect(await applications.closeAll()).toBe(0);
  });

  it('forRoot: subscribes what the options list and gives the instance by class, by token and by decorator', async () => {
    const toy = newToy();
    @Injectable()
    class Consumer {
      constructor(
        readonly byClass: ExchangeStreamService,
        @InjectExchangeStream() readonly byDecorator: ExchangeStreamService,
        @InjectConnectionManager('toy') readonly manager: ConnectionManager,
        @InjectAdapter('toy') readonly adapter: object,
      ) {}
    }
    const module = await start(
      {
        module: class Feature {},
        providers: [Consumer],
      },
      ExchangeStreamModule.forRoot({
        exchanges: [toy.adapter],
        platform: toy.platform,
        subscriptions: [BTC],
      }),
    );
    const consumer = module.get(Consumer, { strict: false });
    expect(consumer.byClass).toBeInstanceOf(ExchangeStreamService);
    expect(consumer.byDecorator).toBe(consumer.byClass);
    expect(module.get(getExchangeStreamToken(), { strict: false })).toBe(consumer.byClass);
    expect(consumer.manager).toBe(consumer.byClass.manager('toy'));
    expect(consumer.adapter).toBe(toy.adapter);

    await toy.settle();
    expect(toy.topics).toEqual(['BTCUSDT@trades']);
    expect(applications.log.about('toy/public/1 is open')).toHaveLength(1);
  });

  describe('forRootAsync', () => {
    @Injectable()
    class Config {
      readonly toy = newToy();
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}

    @Injectable()
    class OptionsFactory implements ExchangeStreamOptionsFactory {
      readonly toy = newToy();

      createExchangeStreamOptions(): Promise<ExchangeStreamAsyncResult> {
        return Promise.resolve({ platform: this.toy.platform, subscriptions: [BTC] });
      }
    }
    @Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
    class OptionsModule {}

    const { adapter } = new ToyExchange();

    it('useFactory', async () => {
      const module = await start(
        ExchangeStreamModule.forRootAsync({
          exchanges: [adapter],
          imports: [ConfigModule],
          inject: [Config],
          useFactory: ({ toy }: Config) => ({ platform: toy.platform, subscriptions: [BTC] }),
        }),
      );
      const { toy } = module.get(Config, { strict: false });
      await toy.settle();
      expect(toy.topics).toEqual(['BTCUSDT@trades']);
    });

    it('useClass', async () => {
      const module = await start(
        ExchangeStreamModule.forRootAsync({ exchanges: [adapter], useClass: OptionsFactory }),
      );
      const { toy } = module.get(OptionsFactory, { strict: false });
      await toy.settle();
      expect(toy.topics).toEqual(['BTCUSDT@trades']);
    });

    it('useExisting', async () => {
      const module = await start(
        ExchangeStreamModule.forRootAsync({
          exchanges: [adapter],
          imports: [OptionsModule],
          useExisting: OptionsFactory,
        }),
      );
      const { toy } = module.get(OptionsFactory, { strict: false });
      await toy.settle();
      expect(toy.topics).toEqual(['BTCUSDT@trades']);
    });

    it('takes who has the credentials from a module that it imports', async () => {
      @Module({
        providers: [Config, { provide: CredentialsProvider, useValue: { credentialsOf: () => undefined } }],
        exports: [Config, CredentialsProvider],
      })
      class VaultModule {}

      const module = await start(
        ExchangeStreamModule.forRootAsync({
          exchanges: [adapter],
          imports: [VaultModule],
          inject: [Config],
          useFactory: ({ toy }: Config) => ({ platform: toy.platform }),
        }),
      );
      // Without a provider, an account of this name is unknown.
      const stream = module.get(ExchangeStreamService, { strict: false });
      expect(stream.canUseAuthenticated('toy', 'desk-7')).toMatchObject({ state: 'none' });
      expect(stream.accounts().map(({ account }) => account)).toEqual(['default', 'desk-7']);
    });

    it('says what is missing without any of them', () => {
      expect(() => ExchangeStreamModule.forRootAsync({ exchanges: [] })).toThrow(
        'forRootAsync needs useFactory, useClass or useExisting (instance "default").',
      );
    });
  });

  it('forFeature: a module declares subscriptions of its own, on the instance it names', async () => {
    const toy = newToy();
    const other = newToy('toy', toy.clock);
    await start(
      ExchangeStreamModule.forFeature([BTC]),
      ExchangeStreamModule.forFeature([ETH], 'other'),
      ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform, isGlobal: false }),
      ExchangeStreamModule.forRoot({ name: 'other', exchanges: [other.adapter], platform: other.platform }),
    );
    await toy.settle();
    expect(toy.topics).toEqual(['BTCUSDT@trades']);
    expect(other.topics).toEqual(['ETHUSDT@trades']);
    expect(applications.log.about('ExchangeStream:other toy/public/1 is open')).toHaveLength(1);
  });

  it('forFeature: a request that cannot work stops the start and says what would', async () => {
    const toy = newToy();
    const wrong = { exchange: 'toyy', channel: 'trades', symbol: 'BTC/USDT' } as const;
    await expect(
      start(
        ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform }),
        ExchangeStreamModule.forFeature([wrong]),
      ),
    ).rejects.toThrow('There is no exchange "toyy". Configured: toy. Did you mean "toy"?');
  });

  it('keeps named instances apart and shares their budgets', async () => {
    const toy = newToy();
    const fast = newToy('toy', toy.clock);
    @Injectable()
    class Consumer {
      constructor(
        @InjectExchangeStream() readonly main: ExchangeStreamService,
        @InjectExchangeStream('fast') readonly fast: ExchangeStreamService,
        @InjectConnectionManager('toy', 'fast') readonly fastManager: ConnectionManager,
        @Inject(getConnectionManagerToken('toy')) readonly mainManager: ConnectionManager,
      ) {}
    }
    const module = await start(
      ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform }),
      ExchangeStreamModule.forRoot({ name: 'fast', exchanges: [fast.adapter], platform: fast.platform }),
      { module: class Feature {}, providers: [Consumer] },
    );
    const consumer = module.get(Consumer, { strict: false });
    expect(consumer.main.name).toBe('default');
    expect(consumer.fast.name).toBe('fast');
    expect(consumer.fastManager).toBe(consumer.fast.manager('toy'));
    expect(consumer.mainManager).toBe(consumer.main.manager('toy'));
    expect(consumer.main.platform.budgets).toBe(consumer.fast.platform.budgets);

    consumer.fast.subscribe(ETH);
    await toy.settle();
    expect([toy.topics, fast.topics]).toEqual([[], ['ETHUSDT@trades']]);
  });

  it('refuses two instances of one name', async () => {
    const toy = newToy();
    const options = { exchanges: [toy.adapter], platform: toy.platform };
    await expect(
      start(ExchangeStreamModule.forRoot(options), ExchangeStreamModule.forRoot({ ...options })),
    ).rejects.toThrow('set up twice with the name "default"');
  });

  it('lets two applications of one process not meet', async () => {
    const [a, b] = [newToy(), newToy()];
    const options = ({
      adapter,
      platform,
    }: ToyExchange): { exchanges: ExchangeAdapter[]; platform: object } => ({
      exchanges: [adapter],
      platform,
    });
    const first = await start(ExchangeStreamModule.forRoot(options(a)));
    const second = await start(ExchangeStreamModule.forRoot(options(b)));
    const streams = [first, second].map((module) => module.get(ExchangeStreamService, { strict: false }));
    expect(streams[0]).not.toBe(streams[1]);
    expect(streams[0]?.platform.budgets).not.toBe(streams[1]?.platform.budgets);

    streams[0]?.subscribe(BTC);
    streams[1]?.subscribe(ETH);
    await a.settle();
    await b.settle();
    expect([a.topics, b.topics]).toEqual([['BTCUSDT@trades'], ['ETHUSDT@trades']]);

    await applications.close(first);
    expect(b.topics).toEqual(['ETHUSDT@trades']);
  });

  it('starts without waiting for the exchange', async () => {
    const toy = newToy();
    toy.reachable = false;
    const module = await start(
      ExchangeStreamModule.forRoot({
        exchanges: [toy.adapter],
        platform: toy.platform,
        subscriptions: [BTC],
      }),
    );
    const [view] = module.get(ExchangeStreamService, { strict: false }).subscriptions();
    expect(view?.state).toBe('inactive');
  });

  it('closes within its deadline when the exchange never answers, and leaves no timer', async () => {
    const toy = newToy();
    const module = await start(
      ExchangeStreamModule.forRoot({
        exchanges: [toy.adapter],
        platform: toy.platform,
        subscriptions: [BTC],
        tuning: { closeDeadlineMs: 3_000 },
      }),
    );
    await toy.settle();
    expect(toy.topics).toEqual(['BTCUSDT@trades']);
    toy.ignoresClose = true;
    const before = toy.clock.monotonic();
    await applications.close(module);
    expect(toy.clock.monotonic() - before).toBeLessThanOrEqual(3_200);
    expect(toy.clock.pending).toBe(0);
  });

  it('lets a test put a stream of its own in the place of an instance', async () => {
    const toy = newToy();
    const own = new ExchangeStreamService({ exchanges: [toy.adapter] }, toy.platform);
    const module = await applications.start(
      {
        imports: [
          ExchangeStreamModule.forRoot({ exchanges: [toy.adapter] }),
          ExchangeStreamModule.forFeature([BTC]),
        ],
      },
      (testing) => testing.overrideProvider(getExchangeStreamToken()).useValue(own),
    );
    await toy.settle();
    expect(own.subscriptions()).toHaveLength(1);
    expect(toy.topics).toEqual(['BTCUSDT@trades']);
    expect(module.get(ExchangeStreamService, { strict: false })).toBe(own);
  });
});
