import { createServer } from 'node:net';
import { CommandFailure } from '../command-failure.ts';

const MAX_PORT = 65_535;
const FAILED = 1;

/**
 * The port that an environment variable names.
 * @throws CommandFailure naming the variable
 */
export function portFrom(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const text = env[variable]?.trim() ?? '';
  if (text === '') return otherwise;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new CommandFailure(`${variable} must be a port from 0 to ${MAX_PORT}; got "${text}".`, FAILED);
}

/**
 * Resolves with the port when it can be listened on, and for 0 with any that can.
 * @throws CommandFailure naming the variable to change
 */
export function freePort(host: string, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(portFailure(error, host, port, variable)));
    server.listen(port, host, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(found));
    });
  });
}

function portFailure(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  variable: string,
): CommandFailure {
  const taken = error.code === 'EADDRINUSE';
  const what = taken ? `Port ${port} is taken` : `Cannot listen on ${host}:${port} (${error.message})`;
  return new CommandFailure(`${what}. Set ${variable} to a free one, such as ${variable}=0 for any.`, FAILED);
}
