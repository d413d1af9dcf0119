import { PUBLIC_CHANNELS, isPublicChannel, type SubscriptionRequest } from '@exchange-stream/market-data';
import { readParams } from './param-text.ts';

const FORM = /^([^:?\s]+):([^:?\s]+)(?::([^?\s]+))?(?:\?(\S*))?$/;

/** A text that does not name a subscription; the message says what would. */
export class SubscriptionTextError extends Error {
  readonly code = 'INVALID_SUBSCRIPTION_TEXT';

  constructor(message: string) {
    super(message);
    this.name = 'SubscriptionTextError';
  }
}

/**
 * Reads `exchange:channel:symbol?name=value&name=value`, such as `binance:candles:BTC/USDT?interval=1m`. A symbol may
 * hold colons. The channel `status` has none: `bybit:status`.
 * @throws SubscriptionTextError
 */
export function parseSubscriptionText(text: string): SubscriptionRequest {
  const [, exchange, channel, symbol = '', query] = FORM.exec(text) ?? [];
  if (exchange === undefined || channel === undefined || (symbol === '' && channel !== 'status')) {
    throw new SubscriptionTextError('write exchange:channel:symbol?name=value&name=value');
  }
  if (!isPublicChannel(channel)) {
    throw new SubscriptionTextError(
      `"${channel}" is no channel of the gateway; there are ${PUBLIC_CHANNELS.join(', ')}, and none of an account`,
    );
  }
  if (query === undefined || query === '') return { exchange, channel, symbol };
  return { exchange, channel, symbol, params: readParams(query.split('&')) };
}
