import { ADAPTERS } from '@exchange-stream/adapters';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { Replay, type ReplayReport } from '@exchange-stream/nestjs/engine';
import { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import type { Terminal } from '../terminal.ts';
import { EventFile } from './event-file.ts';
import { UNREADABLE, WRONG } from './exit-codes.ts';
import { mergeByTime } from './merge-by-time.ts';
import { recordedInstruments } from './recorded-instruments.ts';
import { readRecording } from './recording-file.ts';
import { reportText } from './report-text.ts';

interface VerifyOptions {
  readonly exchange: string;
  readonly http?: string;
  readonly events?: string;
  readonly json?: boolean;
}

/** Problems that are shown one by one; all are counted. */
const SHOWN_PROBLEMS = 20;

export function verifyCommand(terminal: Terminal, finished: (exitCode: number) => void): Command {
  return new Command('verify')
    .description('Push a recorded session through the pipeline of a live socket and report what it shows')
    .argument('<capture>', 'recorded session, JSON lines, gzipped when the name ends in .gz')
    .requiredOption('--exchange <id>', `whose session it is: ${Object.keys(ADAPTERS).join(', ')}`)
    .option('--http <file>', 'recorded REST answers, where they are not in the capture itself')
    .option('--events <file>', 'write every event, data and status, as a JSON line')
    .option('--json', 'print the report as JSON and nothing else')
    .action(async (capture: string, options: VerifyOptions) => {
      const report = await verify(capture, options, terminal);
      terminal.out(options.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
      finished(report.ok ? 0 : WRONG);
    });
}

async function verify(capture: string, options: VerifyOptions, terminal: Terminal): Promise<ReplayReport> {
  const adapter = adapterOf(options.exchange);
  const paths = options.http === undefined ? [capture] : [options.http, capture];
  const instruments = await recordedInstruments(adapter, paths);
  const events = options.events === undefined ? undefined : await EventFile.create(options.events);
  let place = capture;
  let problems = 0;
  const replay = new Replay(adapter, {
    ...(instruments && { instruments }),
    onEvent: (event) => {
      events?.write(event);
      if (event.type !== 'status' || event.state !== 'gap') return;
      tell(`gap in ${event.channel} of ${event.symbol}: ${event.reason}`);
    },
    onProblem: ({ problem, detail }) => tell(`${problem}: ${detail}`),
  });
  const tell = (problem: string): void => {
    if (++problems <= SHOWN_PROBLEMS) terminal.err(`${place}: ${problem}\n`);
  };
  const frames = readRecording(capture);
  const lines = options.http === undefined ? frames : mergeByTime(frames, readRecording(options.http));
  for await (const placed of lines) {
    place = placed.place;
    replay.read(placed.line);
    await events?.drained();
  }
  await events?.close();
  if (problems > SHOWN_PROBLEMS) terminal.err(`… and ${problems - SHOWN_PROBLEMS} more problems\n`);
  return replay.report();
}

function adapterOf(exchange: string): ExchangeAdapter {
  const create = Object.hasOwn(ADAPTERS, exchange) ? ADAPTERS[exchange] : undefined;
  if (create) return create();
  const known = Object.keys(ADAPTERS).join(', ');
  throw new CommandFailure(`There is no exchange "${exchange}". Use one of: ${known}.`, UNREADABLE);
}
