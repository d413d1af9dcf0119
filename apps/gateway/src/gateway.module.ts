import { Module, type DynamicModule } from '@nestjs/common';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamModule } from '@exchange-stream/nestjs';
import { ScheduleModule } from '@nestjs/schedule';
import { GatewayConfig } from './config/gateway-config.ts';
import { ControlModule } from './control/control.module.ts';
import { StoreProblems } from './control/store-problems.ts';
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
    return {
      module: GatewayModule,
      imports: [
        GatewayCoreModule.with(config),
        ScheduleModule.forRoot(),
        ExchangeStreamModule.forRoot({
          exchanges: config.exchanges.flatMap((id) => ADAPTERS[id]?.() ?? []),
          settings: config.exchangeSettings,
          ...(config.proxy !== undefined && { proxy: config.proxy }),
          ...(transportLog && { transportLog }),
          subscriptions: config.subscriptions,
          // What is left of the deadline belongs to the feed's clients and the HTTP server.
          tuning: { closeDeadlineMs: config.shutdownDeadlineMs / 2 },
        }),
        ControlModule,
        FeedModule,
        HealthModule,
        MetricsModule,
        PageModule,
      ],
    };
  }
}
