import { Logger, type LoggerService } from '@nestjs/common';
import { Registry } from 'prom-client';
import { registerAccountMetrics } from '../../apps/gateway/src/metrics/account-metrics.ts';
import { registerExchangeMetrics } from '../../apps/gateway/src/metrics/exchange-metrics.ts';
import { ReadMetrics } from '../../apps/gateway/src/metrics/read-metrics.ts';
import { registerStateMetrics } from '../../apps/gateway/src/metrics/state-metrics.ts';
import { LifecycleLog } from '../../libs/exchange-stream/src/nest/log/lifecycle-log.ts';
import type { LabWorld } from '../lab/lab-world.ts';

/** How often everything that can be read is read. */
const LOOK_MS = 5_000;

/** Everything that can be seen of a world from outside: events, log, views, metrics, and what is told of requests. */
export class Shown {
  /** Whatever opens lab: what stands in the URLs that are dialled, beside the keys of the accounts. */
  readonly tokens = new Set<string>();
  /** The newest one for each place, by its path. */
  readonly newest = new Map<string, string>();
  private readonly texts = new Set<string>();
  private readonly metrics = new Registry();
  private isOver = false;

  constructor(private readonly world: LabWorld) {
    const keep = (message: unknown): void => void this.texts.add(String(message));
    const log: LoggerService = { log: keep, warn: keep, error: keep, debug: keep, verbose: keep };
    Logger.overrideLogger(log);
    const { stream, clock } = world;
    const lifecycle = new LifecycleLog('default', clock);
    stream.onLifecycle((event) => {
      lifecycle.write(event);
      this.note(event);
    });
    stream.listen({ exchange: 'lab' }, (event) => {
      if (event.type === 'status') this.note(event);
    });
    const metrics = new ReadMetrics(this.metrics);
    registerExchangeMetrics(metrics, stream);
    registerStateMetrics(metrics, stream);
    registerAccountMetrics(metrics, stream);
    world.tap = ({ url }) => {
      const { searchParams, pathname } = new URL(url);
      const token = searchParams.get('token');
      if (token === null) return;
      this.tokens.add(token);
      this.newest.set(pathname, token);
    };
    this.lookFromNowOn();
  }

  /** Something that users see: an entry of a log, a report, an error. */
  note(shown: unknown): void {
    this.texts.add(JSON.stringify(shown, withErrors));
  }

  /** Of all that was seen until now, nothing holds a token, or a key of an account. */
  async expectNoSecret(): Promise<void> {
    this.look();
    this.texts.add(await this.metrics.metrics());
    this.isOver = true;
    Logger.overrideLogger(false);
    expect(this.texts.size).toBeGreaterThan(20);
    const secrets = [...this.tokens, 'lab-key', 'lab-secret'];
    const leaks = [...this.texts].filter((text) => secrets.some((secret) => text.includes(secret)));
    expect(leaks.slice(0, 3)).toEqual([]);
  }

  private lookFromNowOn(): void {
    if (this.isOver) return;
    this.look();
    this.world.clock.after(LOOK_MS, () => this.lookFromNowOn());
  }

  private look(): void {
    const { stream } = this.world;
    const manager = stream.manager('lab');
    this.note([stream.connections(), stream.subscriptions(), stream.accounts(), manager.endpoints()]);
    this.note([manager.budgets(), [...manager.counters().ignored], stream.canUseAuthenticated('lab')]);
  }
}

/** Errors as a log shows them: JSON alone shows nothing of them. */
function withErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...value, name, message, stack, cause };
}
