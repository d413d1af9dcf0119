import type { ExchangeCounters } from '@exchange-stream/nestjs';
import { DURATION_BOUNDS_MS, type DurationCounts, type RequestCounts } from '@exchange-stream/nestjs/engine';
import type { Distribution } from './read-histogram.ts';
import type { ReadMetrics, Sample } from './read-metrics.ts';

const BOUNDS_S = DURATION_BOUNDS_MS.map((bound) => bound / 1_000);

/** The messages to the exchanges whose answers are awaited: how they ended, and how long each part took. */
export function registerRequestMetrics(
  metrics: ReadMetrics,
  counted: () => readonly (readonly [exchange: string, counters: ExchangeCounters])[],
): void {
  const ofEach = <T>(
    read: (requests: RequestCounts) => T,
  ): (readonly [{ exchange: string; purpose: string }, T])[] =>
    counted().flatMap(([exchange, { requests }]) =>
      Object.entries(requests).map(([purpose, of]) => [{ exchange, purpose }, read(of)] as const),
    );
  metrics.counter(
    'exchange_stream_requests_total',
    'Messages whose answers were awaited, by what they were for and how they ended',
    ['exchange', 'purpose', 'outcome'],
    () =>
      ofEach(({ endings }) => Object.entries(endings)).flatMap(([labels, endings]) =>
        endings.map(([outcome, count]): Sample<string> => [{ ...labels, outcome }, count]),
      ),
  );
  metrics.histogram(
    'exchange_stream_request_limiter_seconds',
    'Time that requests waited for the message budgets',
    ['exchange', 'purpose'],
    BOUNDS_S,
    () => ofEach(({ limiter }) => distributionOf(limiter)),
  );
  metrics.histogram(
    'exchange_stream_request_wire_seconds',
    'Time from the sending of requests to their last answer',
    ['exchange', 'purpose'],
    BOUNDS_S,
    () => ofEach(({ wire }) => distributionOf(wire)),
  );
}

function distributionOf({ classes, totalMs }: DurationCounts): Distribution {
  return { counts: classes, sum: totalMs / 1_000 };
}
