import type { LoggerService } from '@nestjs/common';

/** Keeps what an application logs, as `level context message`. */
export class CapturedLog implements LoggerService {
  readonly lines: string[] = [];

  log(message: unknown, ...rest: unknown[]): void {
    this.keep('log', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.keep('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.keep('error', message, rest);
  }

  /** Lines of the library that contain the text. */
  about(text: string): string[] {
    return this.lines.filter((line) => line.includes(' ExchangeStream') && line.includes(text));
  }

  private keep(level: string, message: unknown, rest: readonly unknown[]): void {
    this.lines.push(`${level} ${String(rest.at(-1))} ${String(message)}`);
  }
}
