import type { PlatformState } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, exactInteger, text } from '../decoder/fields.ts';
import type { WireNotice } from './okx.wire.ts';

const STATES: ReadonlyMap<unknown, PlatformState> = new Map([
  ['scheduled', 'scheduled'],
  ['ongoing', 'ongoing'],
  // Orders are taken again, and nothing is dealt yet.
  ['pre_open', 'ongoing'],
  ['completed', 'completed'],
  ['canceled', 'cancelled'],
]);

/** Below it, a time is in seconds: that of 1973 in milliseconds, and of 5138 in seconds. */
const FIRST_MILLISECOND = 100_000_000_000;

/** A row of `status`: a maintenance. It has no id of its own; what begins when stays the same until it is over. */
export function readNotice<S extends Stream>(row: WireNotice, field: string, stream: S, sink: Sink<S>): void {
  const title = text(row.title, `${field}.title`);
  const state = STATES.get(row.state);
  if (state === undefined) throw new MalformedFieldError(`${field}.state`, 'a state', row.state);
  const begin = timeOf(row.begin, `${field}.begin`);
  const end = timeOf(row.end, `${field}.end`);
  const { href } = row;
  sink.platformStatus(stream, exactInteger(row.ts, `${field}.ts`), {
    id: `${begin ?? ''} ${title}`,
    state,
    text: title,
    ...(begin !== undefined && { begin }),
    ...(end !== undefined && { end }),
    ...(typeof href === 'string' && href !== '' && { url: href }),
  });
}

/** Milliseconds since the epoch; documentation shows seconds, too. */
function timeOf(value: unknown, field: string): number | undefined {
  if (value === undefined || value === '') return undefined;
  const time = exactInteger(value, field);
  return time < FIRST_MILLISECOND ? time * 1_000 : time;
}
