import { Logger } from '@nestjs/common';
import { DEFAULT_INSTANCE } from '../exchange-stream.tokens.ts';

/** The logger of an instance: context `ExchangeStream`, or `ExchangeStream:name`. */
export function loggerOf(instance: string): Logger {
  return new Logger(instance === DEFAULT_INSTANCE ? 'ExchangeStream' : `ExchangeStream:${instance}`);
}
