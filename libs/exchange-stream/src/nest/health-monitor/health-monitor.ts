import { Injectable } from '@nestjs/common';
import {
  judgeCritical,
  reportHealth,
  type CriticalHealth,
  type ExchangeHealth,
  type HealthPolicy,
  type HealthReport,
} from '../../engine/health/index.ts';
import {
  formatFilter,
  SubscriptionRequestError,
  type ExchangeStream,
  type SubscriptionFilter,
} from '../../engine/index.ts';
import { ExchangeStreams, type RegisteredStream } from '../exchange-streams.ts';
import { DEFAULT_INSTANCE } from '../exchange-stream.tokens.ts';
import { loggerOf } from '../log/logger-of.ts';
import { IntervalScheduler, type ScheduledInterval } from './interval-scheduler.ts';

const DEFAULT_INTERVAL_MS = 30_000;

/** Name of an instance's health check in `SchedulerRegistry`. */
export function healthCheckName(instance: string = DEFAULT_INSTANCE): string {
  return instance === DEFAULT_INSTANCE ? 'exchange-stream:health' : `exchange-stream:health:${instance}`;
}

/** Judges the exchanges, on demand and from time to time, and logs every change of an exchange's health once. */
@Injectable()
export class ExchangeStreamHealthMonitor {
  private readonly lastReports = new Map<string, HealthReport>();
  private intervals: ScheduledInterval[] = [];

  constructor(
    private readonly streams: ExchangeStreams,
    private readonly scheduler: IntervalScheduler,
  ) {}

  /** Health at this moment, of all exchanges of an instance or of those named. */
  report(instance?: string, exchanges?: readonly string[]): HealthReport {
    const { stream } = this.streams.get(instance);
    for (const exchange of exchanges ?? []) stream.manager(exchange); // throws for one that is unknown
    return reportHealth(stream, stream.platform.clock.now(), exchanges);
  }

  /** What makes an instance healthy, as its options say. */
  policy(instance?: string): HealthPolicy {
    return this.streams.get(instance).options.healthPolicy ?? 'any';
  }

  /** Judges at this moment the subscriptions that somebody cannot do without. */
  critical(critical: readonly SubscriptionFilter[], instance?: string): CriticalHealth[] {
    const { stream } = this.streams.get(instance);
    const views = stream.subscriptions();
    return critical.flatMap((filter) => {
      if (filter.exchange !== undefined) stream.manager(filter.exchange); // throws for one that is unknown
      try {
        return judgeCritical([canonicalFilter(stream, filter)], views);
      } catch (error) {
        if (!(error instanceof SubscriptionRequestError)) throw error;
        return [{ subscription: formatFilter(filter), status: 'down', reason: error.message }] as const;
      }
    });
  }

  /** What the last scheduled check found; undefined before the first. */
  lastReport(instance: string = DEFAULT_INSTANCE): HealthReport | undefined {
    return this.lastReports.get(instance);
  }

  start(): void {
    for (const registered of this.streams.all()) this.schedule(registered);
  }

  stop(): void {
    for (const interval of this.intervals) interval.stop();
    this.intervals = [];
  }

  private schedule({ name, stream, options }: RegisteredStream): void {
    const { healthCheckIntervalMs = DEFAULT_INTERVAL_MS } = options;
    if (healthCheckIntervalMs <= 0) return;
    const { clock } = stream.platform;
    const interval = this.scheduler.every(healthCheckIntervalMs, healthCheckName(name), clock, () =>
      this.check(name),
    );
    this.intervals.push(interval);
    if (interval.runner === 'clock') {
      loggerOf(name).log(
        `Health is checked every ${healthCheckIntervalMs} ms by an own timer; import ScheduleModule.forRoot() of @nestjs/schedule to have it in the SchedulerRegistry`,
      );
    }
  }

  private check(name: string): void {
    this.streams.get(name).stream.audit();
    const report = this.report(name);
    const before = this.lastReports.get(name)?.exchanges ?? [];
    this.lastReports.set(name, report);
    for (const health of report.exchanges) {
      const previous = before.find(({ exchange }) => exchange === health.exchange);
      logChange(name, health, previous);
    }
  }
}

/** Whoever names a whole subscription may spell it as in a request. */
function canonicalFilter(stream: ExchangeStream, filter: SubscriptionFilter): SubscriptionFilter {
  const { exchange, channel, symbol, params } = filter;
  if (exchange === undefined || channel === undefined || symbol === undefined || !params) return filter;
  return stream.canonical({ exchange, channel, symbol, params });
}

/** The first check counts as a change unless all is well. */
function logChange(instance: string, health: ExchangeHealth, previous: ExchangeHealth | undefined): void {
  const from = previous?.status ?? 'up';
  if (health.status === from) return;
  const message = `${health.exchange} went from ${from} to ${health.status}: ${health.reason}`;
  const logger = loggerOf(instance);
  if (health.status === 'up' || health.status === 'disabled') logger.log(message);
  else logger.warn(message);
}
