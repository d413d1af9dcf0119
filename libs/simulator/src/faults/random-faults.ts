import type { Random } from '@exchange-stream/market-data';
import { seededRandom } from '../platform/seeded-random.ts';
import type { ScriptedFault } from './exchange-faults.ts';
import { FAULT_TYPES, type BookError, type Fault, type FrameCorruption } from './fault.ts';

export interface RandomFaultsOptions {
  /** When the last fault is over: whatever is asked from then on is answered as it should be. */
  readonly durationMs: number;
  /** Mean number of faults a minute. Default 10. */
  readonly intensity?: number;
  /** Topics that faults may single out, by the exchange's own names. Default none: faults meet all topics alike. */
  readonly topics?: readonly string[];
  /** Which faults may come. Default those that every exchange can have. */
  readonly types?: readonly Fault['type'][];
}

/** A fault with its moment, counted from the start of the script. */
export type TimedFault = Extract<ScriptedFault, { readonly atMs: number }>;

/**
 * Drawn when asked for only: not every exchange has logins, words for a pause or a halt, a clock that can be set, or books
 * to which something can happen.
 */
const SOMEWHERE: readonly Fault['type'][] = [
  'refuse-logins',
  'delay-logins',
  'pause',
  'halt',
  'malformed-close',
  'repeat-ack',
  'clock-off',
  'spoil-books',
  'recount-books',
  'resend-books',
];
const EVERYWHERE = FAULT_TYPES.filter((type) => !SOMEWHERE.includes(type));
/** How long one fault lasts at most. */
const LONGEST_MS = 15_000;
const CORRUPTIONS: readonly FrameCorruption[] = [
  'garbage',
  'truncated',
  'invalid-utf8',
  'deep-nesting',
  'prototype-keys',
  'infinite-numbers',
];
const BOOK_ERRORS: readonly BookError[] = [
  'crossed',
  'locked',
  'zero-price',
  'negative-price',
  'wrong-amount',
  'wrong-checksum',
];
const CLOSE_CODES = [1000, 1001, 1008, 1011, 1012, 1013];
const HANDSHAKE_STATUSES = [200, 403, 429, 502, 503];
/** How far a clock may be off. */
const FARTHEST_MS = 600_000;
const REST_STATUSES = [418, 429, 500, 503];

/**
 * A schedule of faults that hit anything, for tests of what must hold whatever happens. The same seed and options give
 * the same schedule: print the seed when a test fails. Hand it to `exchange.faults.run`.
 */
export function randomFaults(seed: number, options: RandomFaultsOptions): readonly TimedFault[] {
  const { durationMs, intensity = 10, types = EVERYWHERE } = options;
  const draw = new Draw(seededRandom(seed, 'faults'), options.topics ?? []);
  const count = Math.round((intensity * durationMs) / 60_000);
  const moments = Array.from({ length: count }, () => draw.integer(0, durationMs)).sort((a, b) => a - b);
  if (types.length === 0) return [];
  return moments.map((atMs) => {
    const forMs = draw.integer(0, Math.min(LONGEST_MS, durationMs - atMs));
    return { atMs, fault: FAULTS[draw.of(types)](draw, forMs) };
  });
}

class Draw {
  constructor(
    private readonly random: Random,
    private readonly topics: readonly string[],
  ) {}

  integer(least: number, most: number): number {
    return least + Math.floor(this.random.next() * (most - least + 1));
  }

  of<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(0, choices.length - 1)];
    if (choice === undefined) throw new Error('There is nothing to choose from.');
    return choice;
  }

  /** One topic, or all. */
  topic(): { readonly topic?: string } {
    const index = this.integer(0, this.topics.length);
    const topic = this.topics[index];
    return topic === undefined ? {} : { topic };
  }
}

type Recipes = { readonly [T in Fault['type']]: (draw: Draw, forMs: number) => Fault & { readonly type: T } };

/** One recipe a fault. Each ends within `forMs`. */
const FAULTS: Recipes = {
  'drop-frames': (draw, forMs) => ({
    type: 'drop-frames',
    forMs,
    count: draw.integer(1, 5),
    ...draw.topic(),
  }),
  'duplicate-frames': (draw, forMs) => ({
    type: 'duplicate-frames',
    forMs,
    count: draw.integer(1, 5),
    ...draw.topic(),
  }),
  'reorder-frames': (draw, forMs) => ({
    type: 'reorder-frames',
    forMs,
    count: draw.integer(2, 5),
    ...draw.topic(),
  }),
  'corrupt-frames': (draw, forMs) => ({
    type: 'corrupt-frames',
    forMs,
    how: draw.of(CORRUPTIONS),
    count: draw.integer(1, 3),
    ...draw.topic(),
  }),
  stall: (draw, forMs) => ({ type: 'stall', forMs, ...draw.topic() }),
  'lose-ack': (_, forMs) => ({ type: 'lose-ack', forMs, count: 1 }),
  'delay-ack': (draw, forMs) => ({ type: 'delay-ack', forMs, count: 1, delayMs: draw.integer(0, forMs) }),
  'misdirect-ack': (_, forMs) => ({ type: 'misdirect-ack', forMs, count: 1 }),
  'ack-then-error': (_, forMs) => ({ type: 'ack-then-error', forMs, count: 1 }),
  'ignore-requests': (_, forMs) => ({ type: 'ignore-requests', forMs, count: 1 }),
  'refuse-subscriptions': (draw, forMs) => ({ type: 'refuse-subscriptions', forMs, ...draw.topic() }),
  'refuse-logins': (_, forMs) => ({ type: 'refuse-logins', forMs, temporary: true }),
  'rest-status': (draw, forMs) => {
    const status = draw.of(REST_STATUSES);
    const retryAfterSeconds = draw.integer(0, 5);
    // Also without: a client must not count on being told how long to wait.
    return { type: 'rest-status', forMs, status, ...(draw.integer(0, 1) === 1 && { retryAfterSeconds }) };
  },
  'rest-slow': (draw, forMs) => ({ type: 'rest-slow', forMs, delayMs: draw.integer(0, 30_000) }),
  'rest-corrupt': (draw, forMs) => ({
    type: 'rest-corrupt',
    forMs,
    how: draw.of(['garbage', 'truncated'] as const),
  }),
  'rest-oversize': (_, forMs) => ({ type: 'rest-oversize', forMs, count: 1, bytes: 32 * 1024 * 1024 }),
  'rest-stale-book': (_, forMs) => ({ type: 'rest-stale-book', forMs }),
  'refuse-handshakes': (draw, forMs) => ({
    type: 'refuse-handshakes',
    forMs,
    status: draw.of(HANDSHAKE_STATUSES),
  }),
  pause: (_, forMs) => ({ type: 'pause', forMs }),
  halt: (_, forMs) => ({ type: 'halt', forMs }),
  'malformed-close': () => ({ type: 'malformed-close' }),
  close: (draw) => ({ type: 'close', code: draw.of(CLOSE_CODES), reason: 'drawn by lot' }),
  cut: () => ({ type: 'cut' }),
  'ping-flood': (draw) => ({ type: 'ping-flood', pings: draw.integer(1, 100) }),
  'unsolicited-frame': () => ({ type: 'unsolicited-frame', topic: 'nobody@asked' }),
  'oversize-frame': () => ({ type: 'oversize-frame', bytes: 32 * 1024 * 1024 }),
  'repeat-ack': (_, forMs) => ({ type: 'repeat-ack', forMs, count: 1 }),
  'delay-logins': (draw, forMs) => ({
    type: 'delay-logins',
    forMs,
    count: 1,
    delayMs: draw.integer(0, forMs),
  }),
  'clock-off': (draw, forMs) => ({
    type: 'clock-off',
    forMs,
    offsetMs: draw.integer(-FARTHEST_MS, FARTHEST_MS),
  }),
  'delay-frames': (draw, forMs) => ({
    type: 'delay-frames',
    forMs,
    count: draw.integer(1, 20),
    delayMs: draw.integer(0, forMs),
    ...draw.topic(),
  }),
  'spoil-books': (draw, forMs) => ({
    type: 'spoil-books',
    forMs,
    how: draw.of(BOOK_ERRORS),
    count: draw.integer(1, 3),
    ...draw.topic(),
  }),
  'recount-books': () => ({ type: 'recount-books' }),
  'resend-books': () => ({ type: 'resend-books' }),
  'server-shutdown': (_, forMs) => ({ type: 'server-shutdown', closeAfterMs: forMs }),
};
