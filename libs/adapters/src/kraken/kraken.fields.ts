import { MalformedFieldError } from '../decoder/fields.ts';
import { isoTime } from '../decoder/iso-time.ts';

/** Milliseconds since the epoch, of a time as Kraken writes it: to the micro- or nanosecond, in UTC. */
export function time(value: unknown, field: string): number {
  const read = typeof value === 'string' ? isoTime(value) : undefined;
  if (read === undefined) throw new MalformedFieldError(field, 'a time (RFC 3339, UTC)', value);
  return read;
}

export function optionalTime(value: unknown, field: string): number | undefined {
  return value === undefined ? undefined : time(value, field);
}
