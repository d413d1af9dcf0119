import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { Module, type DynamicModule, type FactoryProvider, type Provider } from '@nestjs/common';
import type { ExchangeAdapter } from '../contract/index.ts';
import { CredentialsProvider } from '../engine/index.ts';
import { ExchangeStreamCoreModule } from './exchange-stream-core.module.ts';
import {
  checkModuleOptions,
  type ExchangeStreamAsyncResult,
  type ExchangeStreamModuleAsyncOptions,
  type ExchangeStreamModuleOptions,
  type ExchangeStreamOptionsFactory,
} from './exchange-stream.options.ts';
import { ExchangeStreamService } from './exchange-stream.service.ts';
import {
  DEFAULT_INSTANCE,
  getAdapterToken,
  getConnectionManagerToken,
  getExchangeStreamOptionsToken,
  getExchangeStreamToken,
} from './exchange-stream.tokens.ts';
import { ExchangeStreams } from './exchange-streams.ts';
import { FeatureSubscriptions } from './feature-subscriptions.ts';
import { SharedPlatform } from './platform/shared-platform.ts';

/** Live exchange data as providers. */
@Module({})
export class ExchangeStreamModule {
  /** An instance whose options are known when the module is declared. */
  static forRoot(options: ExchangeStreamModuleOptions): DynamicModule {
    const { name = DEFAULT_INSTANCE, exchanges, isGlobal = true } = options;
    return this.instance(name, exchanges, isGlobal, [
      { provide: getExchangeStreamOptionsToken(name), useValue: { ...options, name } },
    ]);
  }

  /** An instance whose options are made by a factory, a class, or a provider that exists already. */
  static forRootAsync(options: ExchangeStreamModuleAsyncOptions): DynamicModule {
    const { name = DEFAULT_INSTANCE, exchanges, isGlobal = true, imports = [] } = options;
    const module = this.instance(name, exchanges, isGlobal, asyncOptionsProviders(options, name));
    return { ...module, imports: [...(module.imports ?? []), ...imports] };
  }

  /**
   * Subscriptions of a feature module, kept from start to close.
   * @param name the instance that shall hold them; the default one without it
   */
  static forFeature(subscriptions: readonly SubscriptionRequest[], name?: string): DynamicModule {
    return {
      module: ExchangeStreamModule,
      imports: [ExchangeStreamCoreModule],
      providers: [
        {
          provide: FeatureSubscriptions,
          useFactory: (streams: ExchangeStreams) => new FeatureSubscriptions(streams, subscriptions, name),
          inject: [ExchangeStreams],
        },
      ],
    };
  }

  private static instance(
    name: string,
    exchanges: readonly ExchangeAdapter[],
    isGlobal: boolean,
    options: Provider[],
  ): DynamicModule {
    const shared = [
      streamProvider(name),
      ...exchanges.flatMap((adapter) => exchangeProviders(adapter, name)),
    ];
    return {
      module: ExchangeStreamModule,
      global: isGlobal,
      imports: [ExchangeStreamCoreModule],
      providers: [...options, ...shared, registration(name)],
      exports: shared.map(({ provide }) => provide),
    };
  }
}

function streamProvider(name: string): FactoryProvider<ExchangeStreamService> {
  return {
    provide: getExchangeStreamToken(name),
    useFactory: (
      options: ExchangeStreamModuleOptions,
      platform: SharedPlatform,
      credentialsProvider: CredentialsProvider | undefined,
    ) =>
      // What the options name goes before what is injected.
      new ExchangeStreamService(
        credentialsProvider ? { credentialsProvider, ...options } : options,
        platform.with(options.platform),
      ),
    inject: [
      getExchangeStreamOptionsToken(name),
      SharedPlatform,
      { token: CredentialsProvider, optional: true },
    ],
  };
}

function exchangeProviders(adapter: ExchangeAdapter, name: string): FactoryProvider[] {
  return [
    {
      provide: getConnectionManagerToken(adapter.exchange, name),
      useFactory: (stream: ExchangeStreamService) => stream.manager(adapter.exchange),
      inject: [getExchangeStreamToken(name)],
    },
    { provide: getAdapterToken(adapter.exchange, name), useFactory: () => adapter },
  ];
}

/** Takes the instance from its token, so that one a test has put in its place is found like any other. */
function registration(name: string): FactoryProvider {
  return {
    provide: `ExchangeStreamRegistration(${name})`,
    useFactory: (
      streams: ExchangeStreams,
      stream: ExchangeStreamService,
      options: ExchangeStreamModuleOptions,
    ) => {
      checkModuleOptions(options);
      return streams.add({ name, stream, options });
    },
    inject: [ExchangeStreams, getExchangeStreamToken(name), getExchangeStreamOptionsToken(name)],
  };
}

function asyncOptionsProviders(options: ExchangeStreamModuleAsyncOptions, name: string): Provider[] {
  const { exchanges, useFactory, useClass, useExisting, inject = [] } = options;
  const provide = getExchangeStreamOptionsToken(name);
  const complete = (made: ExchangeStreamAsyncResult): ExchangeStreamModuleOptions => ({
    ...made,
    name,
    exchanges,
  });
  if (useFactory) {
    return [
      { provide, useFactory: async (...args: unknown[]) => complete(await useFactory(...args)), inject },
    ];
  }
  const factory = useClass ?? useExisting;
  if (!factory) {
    throw new TypeError(
      `ExchangeStreamModule.forRootAsync needs useFactory, useClass or useExisting (instance "${name}").`,
    );
  }
  const fromClass: Provider = {
    provide,
    useFactory: async (made: ExchangeStreamOptionsFactory) =>
      complete(await made.createExchangeStreamOptions()),
    inject: [factory],
  };
  return useClass ? [fromClass, { provide: useClass, useClass }] : [fromClass];
}
