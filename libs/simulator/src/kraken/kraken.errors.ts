import type { ViolationRule } from '../simulated-exchange.ts';

/** A refusal, in Kraken's words. */
export class KrakenError extends Error {
  /**
   * @param symbol of what is refused, where it is of one
   * @param fault the rule that the client broke; `harmless` where it could not have known
   */
  constructor(
    message: string,
    readonly symbol?: string,
    readonly fault: ViolationRule | 'harmless' = 'invalid-request',
  ) {
    super(message);
    this.name = 'KrakenError';
  }
}

/** The limit of messages is one that nobody publishes. */
export function tooManyMessages(): KrakenError {
  return new KrakenError('Exceeded msg rate', undefined, 'messages-per-second');
}
