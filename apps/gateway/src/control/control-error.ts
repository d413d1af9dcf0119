import { HttpException } from '@nestjs/common';

/** A refusal with a stable code, and what a program needs to act on it. */
export class ControlError extends HttpException {
  constructor(
    statusCode: number,
    readonly code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super({ statusCode, code, message, ...details }, statusCode);
  }
}
