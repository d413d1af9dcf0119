import { ADAPTERS } from '@exchange-stream/adapters';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { Replay, type ReplayReport } from '@exchange-stream/nestjs/engine';
import { CommandFailure } from '../command-failure.ts';
import { EventFile } from './event-file.ts';
import { INTERRUPTED, UNREADABLE } from './exit-codes.ts';
import { mergeByTime } from './merge-by-time.ts';
import { recordedInstruments } from './recorded-instruments.ts';
import { readRecording } from './recording-file.ts';

export interface Verification {
  /** Path of the recorded session. */
  readonly capture: string;
  readonly exchange: string;
  /** Path of its REST answers, where they are not in the session's own file. */
  readonly http?: string;
  /** Path to write every event to. */
  readonly events?: string;
}

/** Problems that are shown one by one; all are counted. */
const SHOWN_PROBLEMS = 20;

/**
 * Pushes a recorded session through the pipeline; `tell` is called with each problem and where it stands.
 * @throws CommandFailure when a file cannot be read or written, or the signal aborts
 */
export async function verifyRecording(
  { capture, exchange, http, events: eventsPath }: Verification,
  tell: (problem: string) => void,
  interrupted?: AbortSignal,
): Promise<ReplayReport> {
  const adapter = adapterOf(exchange);
  const paths = http === undefined ? [capture] : [http, capture];
  const instruments = await recordedInstruments(adapter, paths);
  const events = eventsPath === undefined ? undefined : await EventFile.create(eventsPath);
  let place = capture;
  let problems = 0;
  const replay = new Replay(adapter, {
    ...(instruments && { instruments }),
    onEvent: (event) => {
      events?.write(event);
      if (event.type !== 'status' || event.state !== 'gap') return;
      report(`gap in ${event.channel} of ${event.symbol}: ${event.reason}`);
    },
    onProblem: ({ problem, detail }) => report(`${problem}: ${detail}`),
  });
  const report = (problem: string): void => {
    if (++problems <= SHOWN_PROBLEMS) tell(`${place}: ${problem}`);
  };
  const frames = readRecording(capture);
  const lines = http === undefined ? frames : mergeByTime(frames, readRecording(http));
  for await (const placed of lines) {
    if (interrupted?.aborted === true) throw new CommandFailure(`Interrupted at ${place}.`, INTERRUPTED);
    place = placed.place;
    replay.read(placed.line);
    await events?.drained();
  }
  await events?.close();
  if (problems > SHOWN_PROBLEMS) tell(`… and ${problems - SHOWN_PROBLEMS} more problems`);
  return replay.report();
}

function adapterOf(exchange: string): ExchangeAdapter {
  const create = Object.hasOwn(ADAPTERS, exchange) ? ADAPTERS[exchange] : undefined;
  if (create) return create();
  const known = Object.keys(ADAPTERS).join(', ');
  throw new CommandFailure(`There is no exchange "${exchange}". Use one of: ${known}.`, UNREADABLE);
}
