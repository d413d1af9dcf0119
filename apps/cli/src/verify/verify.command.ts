import { ADAPTERS } from '@exchange-stream/adapters';
import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { WRONG } from './exit-codes.ts';
import { reportText } from './report-text.ts';
import { verifyRecording, type Verification } from './verify-recording.ts';

interface VerifyOptions extends Omit<Verification, 'capture'> {
  readonly json?: boolean;
}

export function verifyCommand(terminal: Terminal, finished: (exitCode: number) => void): Command {
  return new Command('verify')
    .description('Push a recorded session through the pipeline of a live socket and report what it shows')
    .argument('<capture>', 'recorded session, JSON lines, gzipped when the name ends in .gz')
    .requiredOption('--exchange <id>', `whose session it is: ${Object.keys(ADAPTERS).join(', ')}`)
    .option('--http <file>', 'recorded REST answers, where they are not in the capture itself')
    .option('--events <file>', 'write every event, data and status, as a JSON line')
    .option('--json', 'print the report as JSON and nothing else')
    .action(async (capture: string, options: VerifyOptions) => {
      const report = await verifyRecording(
        { capture, ...options },
        (problem) => terminal.err(`${problem}\n`),
        terminal.interrupted,
      );
      terminal.out(options.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
      finished(report.ok ? 0 : WRONG);
    });
}
