import { STATUS_CODES } from 'node:http';
import {
  Catch,
  HttpException,
  HttpStatus,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { ClosedError, SubscriptionRequestError } from '@exchange-stream/nestjs/engine';
import type { Response } from 'express';
import type { ApiError } from './api-error.ts';

const STATUS_OF_REQUEST_ERROR: Readonly<Record<SubscriptionRequestError['code'], HttpStatus>> = {
  UNKNOWN_EXCHANGE: HttpStatus.NOT_FOUND,
  UNKNOWN_SYMBOL: HttpStatus.NOT_FOUND,
  UNSUPPORTED_CHANNEL: HttpStatus.BAD_REQUEST,
  INVALID_PARAMETER: HttpStatus.BAD_REQUEST,
  CONFLICT: HttpStatus.CONFLICT,
};

/** Turns whatever a request ends in into the one error shape. What is our own failure keeps its details to the log. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    const body = this.toBody(error);
    if (response.headersSent) response.end();
    else response.status(body.statusCode).json(body);
  }

  private toBody(error: unknown): ApiError {
    if (error instanceof SubscriptionRequestError) {
      return { statusCode: STATUS_OF_REQUEST_ERROR[error.code], code: error.code, message: error.message };
    }
    if (error instanceof ClosedError)
      return bodyOf(HttpStatus.SERVICE_UNAVAILABLE, 'The gateway is closing.');
    if (error instanceof HttpException) return fromHttpException(error);
    if (isRefusalOfParser(error)) return bodyOf(error.status, error.message);
    this.logger.error({ message: 'A request failed', error });
    return bodyOf(HttpStatus.INTERNAL_SERVER_ERROR, 'The gateway failed on this request.');
  }
}

function fromHttpException(error: HttpException): ApiError {
  const response = error.getResponse();
  const details = typeof response === 'object' ? response : {};
  const { message, error: _name, ...rest } = details as { message?: unknown; error?: unknown };
  // Terminus answers with a report under `error`; it must survive.
  const report = typeof _name === 'object' ? { error: _name } : {};
  const text = Array.isArray(message)
    ? message.join('; ')
    : typeof message === 'string'
      ? message
      : error.message;
  return { ...bodyOf(error.getStatus(), text), ...rest, ...report };
}

/** Express refuses bodies that are too large or no JSON with errors of its own, made to be shown. */
function isRefusalOfParser(error: unknown): error is { status: number; message: string } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  );
}

function bodyOf(statusCode: number, message: string): ApiError {
  const code = (STATUS_CODES[statusCode] ?? 'Error').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { statusCode, code, message };
}
