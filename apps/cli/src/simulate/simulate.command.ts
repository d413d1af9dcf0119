import {
  SIMULATED_EXCHANGES,
  SimulatorPortError,
  UnknownExchangeError,
  startSimulator,
  type RunningSimulator,
  type SimulatorOptions,
} from '@exchange-stream/simulator';
import { Command, InvalidArgumentError } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { untilInterrupted, type Terminal } from '../terminal.ts';

const FAILED = 1;
const MAX_PORT = 65_535;

interface SimulateOptions {
  readonly exchange: string;
  readonly port: number;
  readonly host: string;
  readonly seed?: number;
}

export function simulateCommand(terminal: Terminal, finished: (exitCode: number) => void): Command {
  return new Command('simulate')
    .description('Run a simulated exchange on this machine, WebSocket and REST on one port')
    .requiredOption('--exchange <id>', `which exchange: ${SIMULATED_EXCHANGES.join(', ')}`)
    .option('--port <port>', 'TCP port, 0 for any free one', parsePort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'the same seed gives the same market', parseSeed)
    .action(async (options: SimulateOptions) => {
      const simulator = await start(options);
      terminal.out(welcome(options.exchange, simulator));
      await untilInterrupted(terminal);
      await simulator.stop();
      terminal.out('Stopped.\n');
      finished(0);
    });
}

/** @throws CommandFailure */
async function start(options: SimulatorOptions): Promise<RunningSimulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    if (error instanceof UnknownExchangeError || error instanceof SimulatorPortError) {
      throw new CommandFailure(error.message, FAILED);
    }
    throw error;
  }
}

function welcome(exchange: string, { webSocketUrl, restUrl }: RunningSimulator): string {
  const prefix = exchange.toUpperCase().replaceAll('-', '_');
  return `Simulated ${exchange} is running. Ctrl-C stops it.

  WebSocket  ${webSocketUrl}
  REST       ${restUrl}

Connect the gateway to it:

  ${prefix}_WS_URL=${webSocketUrl} ${prefix}_REST_URL=${restUrl} npm start
`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_PORT}.`);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('It must be a whole number.');
}
