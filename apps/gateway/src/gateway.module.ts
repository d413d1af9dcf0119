import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { FileInstrumentStore, type InstrumentStore } from '@exchange-stream/nestjs/engine';
import { ScheduleModule } from '@nestjs/schedule';
import { GatewayConfig } from './config/gateway-config.ts';
import { ControlModule } from './control/control.module.ts';
import { StoreProblems } from './control/store-problems.ts';
import { CredentialsModule } from './credentials/credentials.module.ts';
import { settingsWithCredentials } from './credentials/settings-with-credentials.ts';
import { FeedModule } from './feed/feed.module.ts';
import { GatewayIdentity } from './gateway-identity.ts';
import { GatewayLifecycle } from './gateway-lifecycle.ts';
import { frameLog } from './log/frame-log.ts';
import { HealthModule } from './health/health.module.ts';
import { MetricsModule } from './metrics/metrics.module.ts';
import { PageModule } from './page/page.module.ts';

/** What every part of the gateway may ask for. */
@Module({})
class GatewayCoreModule {
  static with(config: GatewayConfig): DynamicModule {
    const providers = [
      { provide: GatewayConfig, useValue: config },
      GatewayIdentity,
      GatewayLifecycle,
      StoreProblems,
    ];
    return {
      module: GatewayCoreModule,
      global: true,
      providers,
      exports: [GatewayConfig, GatewayIdentity, GatewayLifecycle, StoreProblems],
    };
  }
}

@Module({})
export class GatewayModule {
  static with(config: GatewayConfig): DynamicModule {
    const transportLog = frameLog(config.transportLog);
    const instrumentStore = instrumentStoreOf(config);
    return {
      module: GatewayModule,
      imports: [
        GatewayCoreModule.with(config),
        ScheduleModule.forRoot(),
        ExchangeStreamModule.forRoot({
          exchanges: config.exchanges.flatMap((id) => ADAPTERS[id]?.() ?? []),
          settings: settingsWithCredentials(config),
          ...(config.proxy !== undefined && { proxy: config.proxy }),
          ...(transportLog && { transportLog }),
          ...(instrumentStore && { instrumentStore }),
          subscriptions: config.subscriptions,
          // What is left of the deadline belongs to the feed's clients and the HTTP server.
          tuning: { closeDeadlineMs: config.shutdownDeadlineMs / 2 },
        }),
        ControlModule,
        CredentialsModule,
        FeedModule,
        HealthModule,
        MetricsModule,
        PageModule,
      ],
    };
  }
}

function instrumentStoreOf({ instrumentsDir }: GatewayConfig): InstrumentStore | undefined {
  if (instrumentsDir === undefined) return undefined;
  const logger = new Logger('Instruments');
  return new FileInstrumentStore(instrumentsDir, { report: ({ message }) => logger.warn(message) });
}
