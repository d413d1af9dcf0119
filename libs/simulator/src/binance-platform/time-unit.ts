/** How a connection writes times: milliseconds, or microseconds when its address says `timeUnit=MICROSECOND`. */
export interface TimeUnit {
  readonly name: 'MILLISECOND' | 'MICROSECOND';
  at(timeMs: number): number;
  /** Close times are inclusive: the last unit before the end. */
  lastBefore(endMs: number): number;
}

export const MILLISECOND: TimeUnit = {
  name: 'MILLISECOND',
  at: (timeMs) => Math.floor(timeMs),
  lastBefore: (endMs) => endMs - 1,
};

export const MICROSECOND: TimeUnit = {
  name: 'MICROSECOND',
  at: (timeMs) => Math.floor(timeMs * 1000),
  lastBefore: (endMs) => endMs * 1000 - 1,
};

export function timeUnit(query: URLSearchParams): TimeUnit {
  return query.get('timeUnit')?.toUpperCase() === 'MICROSECOND' ? MICROSECOND : MILLISECOND;
}
