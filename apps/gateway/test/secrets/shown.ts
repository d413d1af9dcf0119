import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { PinoLogger } from '../../src/log/pino-logger.ts';

/** Everything of a value that a program or a person can print. */
export function printed(value: unknown): string {
  return inspect(value, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null });
}

/** A log at every level: the lines as Nest hands them on, of which nothing is redacted yet, and as the gateway writes them. */
export class WholeLog {
  readonly handedOn: string[] = [];
  readonly written: string[] = [];
  private readonly pino = new PinoLogger('trace', { write: (line) => void this.written.push(line) });

  readonly logger: LoggerService = {
    log: this.keep('log'),
    warn: this.keep('warn'),
    error: this.keep('error'),
    debug: this.keep('debug'),
    verbose: this.keep('verbose'),
    fatal: this.keep('fatal'),
  };

  private keep(level: 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal') {
    return (message: unknown, ...rest: unknown[]): void => {
      this.handedOn.push(`${level} ${printed([message, ...rest])}`);
      this.pino[level](message, ...rest);
    };
  }
}

/** The text of every file in a folder. */
export function filesIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('\n');
}
