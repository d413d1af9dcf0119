#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { demoCommand } from './demo/demo.command.ts';
import { simulateCommand } from './simulate/simulate.command.ts';
import { tailCommand } from './tail/tail.command.ts';
import { processTerminal } from './terminal.ts';
import { verifyCommand } from './verify/verify.command.ts';

/** The command line was not understood: told apart from 1, with which a command says that what it looked at is wrong. */
const USAGE_ERROR = 2;
const INTERNAL_ERROR = 70;

async function main(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  let exitCode = 0;
  const finished = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('exchange-stream')
    .description('Live crypto-exchange data: simulate exchanges, verify recordings, watch a gateway')
    .exitOverride();
  const commands = [verifyCommand, simulateCommand, tailCommand, demoCommand];
  for (const create of commands)
    program.addCommand(create(terminal, finished).copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written its message already; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    if (error instanceof CommandFailure) {
      terminal.err(`${error.message}\n`);
      return error.exitCode;
    }
    terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return INTERNAL_ERROR;
  }
}

void main(process.argv.slice(2)).then((code) => {
  // Not process.exit: what was written must reach a pipe first.
  process.exitCode = code;
});
