import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import type { LogLevel } from '../config/gateway-config.ts';
import { redact, redactText } from './redaction.ts';

/**
 * Parts of Nest that tell of every class and route: of use to who looks for it only. What goes wrong in them ends the
 * start, and the start says so itself.
 */
const CHATTY = new Set([
  'ExceptionHandler',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
  'WebSocketsController',
]);

/** Nest's log as lines of JSON, without secrets. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param destination standard output without it; written synchronously, so that the last line is never lost */
  constructor(level: LogLevel, destination: DestinationStream = pino.destination({ sync: true })) {
    this.pino = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      destination,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context last, and for errors a stack before it. */
  private write(wanted: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const level = typeof context === 'string' && CHATTY.has(context) ? 'debug' : wanted;
    if (!this.pino.isLevelEnabled(level)) return;
    const details = rest.slice(0, -1).filter((detail) => detail !== undefined);
    const fields = {
      ...(typeof context === 'string' && { context }),
      ...(details.length > 0 && { details: redact(details) }),
    };
    if (typeof message === 'string') this.pino[level](fields, redactText(message));
    else if (message instanceof Error)
      this.pino[level]({ ...fields, error: redact(message) }, redactText(message.message));
    else this.writeFields(level, fields, message);
  }

  /** A structured entry: its `message` is the text, the rest are fields. */
  private writeFields(level: Level, fields: object, entry: unknown): void {
    const safe = redact(entry);
    if (typeof safe !== 'object' || safe === null) {
      this.pino[level](fields, String(safe));
      return;
    }
    const { message, ...rest } = safe as { message?: unknown };
    this.pino[level]({ ...rest, ...fields }, typeof message === 'string' ? message : undefined);
  }
}
