import type { RequestEnding, RequestReport } from '../requests/request-report.ts';
import { DurationHistogram } from './duration-counts.ts';
import type { RequestCounts } from './exchange-counters.ts';

/** Counts the requests of one purpose. */
export class RequestStatistics implements RequestCounts {
  readonly endings: Record<RequestEnding, number> = {
    answered: 0,
    refused: 0,
    timeout: 0,
    cancelled: 0,
    lost: 0,
    failed: 0,
  };
  readonly limiter = new DurationHistogram();
  readonly wire = new DurationHistogram();

  add({ ending, limiterMs, wireMs }: RequestReport): void {
    this.endings[ending]++;
    this.limiter.add(limiterMs);
    // The others were never answered: how long that took says nothing of the exchange.
    if (wireMs !== undefined && (ending === 'answered' || ending === 'refused')) this.wire.add(wireMs);
  }
}
