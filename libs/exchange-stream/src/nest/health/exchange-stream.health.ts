import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { isHealthy, type HealthPolicy } from '../../engine/health/index.ts';
import { ExchangeStreamHealthMonitor } from '../health-monitor/health-monitor.ts';

/** Which exchanges to check, and how many of them must work. */
export interface ExchangeStreamHealthOptions {
  /** Name of the instance; the default one without it. */
  readonly instance?: string;
  /** Ids of the exchanges to look at; all of the instance without it. */
  readonly exchanges?: readonly string[];
  /**
   * `any`: up while one exchange is not down, because an outage of one is no reason to stop serving the others. `all`:
   * every exchange must not be down. Neither asks anything of exchanges that were disabled. `{ critical: [...] }`: each of
   * these must be subscribed and live. Default: the instance's `healthPolicy`, else `any`.
   */
  readonly policy?: HealthPolicy;
}

/**
 * The exchanges of an instance as a Terminus health indicator. Provide it in the module of your health controller, which
 * imports `TerminusModule`.
 *
 * ```ts
 * @Get('ready')
 * @HealthCheck()
 * ready() {
 *   return this.health.check([() => this.exchanges.check('exchanges', { policy: 'all' })]);
 * }
 * ```
 */
@Injectable()
export class ExchangeStreamHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly monitor: ExchangeStreamHealthMonitor,
  ) {}

  /**
   * Status and reason of each exchange, with the number of its connections and subscriptions in each state; with the
   * policy `critical`, of each critical subscription first.
   * @throws SubscriptionRequestError for an exchange, InstanceNameError for an instance that does not exist
   */
  check<const Key extends string>(
    key: Key,
    { instance, exchanges, ...options }: ExchangeStreamHealthOptions = {},
  ): HealthIndicatorResult<Key> {
    const report = this.monitor.report(instance, exchanges);
    const data = Object.fromEntries(
      report.exchanges.map(({ exchange, ...health }) => [exchange, health] as const),
    );
    const indicator = this.indicators.check(key);
    const policy = options.policy ?? this.monitor.policy(instance);
    if (typeof policy === 'object') {
      const critical = this.monitor.critical(policy.critical, instance);
      const isUp = critical.every(({ status }) => status === 'up');
      return isUp
        ? indicator.up({ critical, exchanges: data })
        : indicator.down({ critical, exchanges: data });
    }
    return isHealthy(report, policy)
      ? indicator.up({ exchanges: data })
      : indicator.down({ exchanges: data });
  }
}
