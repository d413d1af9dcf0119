import type { InjectionToken } from '@nestjs/common';
import { ExchangeStreamService } from './exchange-stream.service.ts';

/** Name of an instance that was given none. */
export const DEFAULT_INSTANCE = 'default';

/** Token of an instance; the default one is found by its class, too. */
export function getExchangeStreamToken(name: string = DEFAULT_INSTANCE): InjectionToken {
  return name === DEFAULT_INSTANCE ? ExchangeStreamService : `ExchangeStream(${name})`;
}

/** Token of the connection manager of one exchange of an instance. */
export function getConnectionManagerToken(exchange: string, name: string = DEFAULT_INSTANCE): string {
  return `ConnectionManager(${name}/${exchange})`;
}

/** Token of the adapter of one exchange of an instance. */
export function getAdapterToken(exchange: string, name: string = DEFAULT_INSTANCE): string {
  return `ExchangeAdapter(${name}/${exchange})`;
}

/** Token of the options of an instance as the engine gets them; for tests that look at them. */
export function getExchangeStreamOptionsToken(name: string = DEFAULT_INSTANCE): string {
  return `ExchangeStreamOptions(${name})`;
}
