import { Inject } from '@nestjs/common';
import {
  getAdapterToken,
  getConnectionManagerToken,
  getExchangeStreamToken,
} from '../exchange-stream.tokens.ts';

/** Injects an instance as `ExchangeStreamService`. */
export function InjectExchangeStream(name?: string): ReturnType<typeof Inject> {
  return Inject(getExchangeStreamToken(name));
}

/** Injects the `ConnectionManager` of one exchange. */
export function InjectConnectionManager(exchange: string, name?: string): ReturnType<typeof Inject> {
  return Inject(getConnectionManagerToken(exchange, name));
}

/** Injects the `ExchangeAdapter` of one exchange. */
export function InjectAdapter(exchange: string, name?: string): ReturnType<typeof Inject> {
  return Inject(getAdapterToken(exchange, name));
}
