import type { Fault } from './fault.ts';

/** Held frames stay in memory, so their number has a bound. */
const LARGEST_REORDERING = 1000;
/** A clock that is set forward closes every candle in between. */
const WEEK_MS = 7 * 86_400_000;
const LARGEST_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** Thrown when a fault is described by values that it cannot have. */
export class InvalidFaultError extends Error {
  readonly code = 'INVALID_FAULT';

  constructor(fault: Fault, field: string, requirement: string) {
    super(
      `The fault ${fault.type} needs ${field} to be ${requirement}. Correct it in ${JSON.stringify(fault)}.`,
    );
    this.name = 'InvalidFaultError';
  }
}

/** Smallest and largest value of each number that a fault may have. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  count: [1, Number.MAX_SAFE_INTEGER],
  forMs: [0, Number.MAX_SAFE_INTEGER],
  delayMs: [0, Number.MAX_SAFE_INTEGER],
  closeAfterMs: [0, Number.MAX_SAFE_INTEGER],
  retryAfterSeconds: [0, Number.MAX_SAFE_INTEGER],
  bytes: [16, LARGEST_PAYLOAD_BYTES],
  pings: [1, 10_000],
  offsetMs: [-WEEK_MS, WEEK_MS],
  // 101 would open the connection, and the others below 200 are no answer yet.
  status: [200, 599],
};

/** @throws InvalidFaultError */
export function assertValidFault(fault: Fault): void {
  for (const [field, value] of Object.entries(fault)) {
    const [least, most] = BOUNDS[field] ?? [-Infinity, Infinity];
    if (typeof value === 'number' && !(value >= least && value <= most)) {
      throw new InvalidFaultError(fault, field, `between ${least} and ${most}`);
    }
  }
  if (fault.type === 'reorder-frames' && !(fault.count >= 2 && fault.count <= LARGEST_REORDERING)) {
    throw new InvalidFaultError(fault, 'count', `between 2 and ${LARGEST_REORDERING}`);
  }
  if (fault.type !== 'close') return;
  if (fault.code !== undefined && !isSendableCode(fault.code)) {
    throw new InvalidFaultError(fault, 'code', 'one that may be sent: 1000-1003, 1007-1014 or 3000-4999');
  }
  if (Buffer.byteLength(fault.reason ?? '') > 123) {
    throw new InvalidFaultError(fault, 'reason', 'at most 123 bytes long, as in RFC 6455, 5.5');
  }
}

/** RFC 6455, 7.4, and the registry that continues it: 1004 is undefined, 1005 and 1006 never travel. */
function isSendableCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  );
}
