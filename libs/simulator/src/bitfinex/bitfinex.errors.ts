/** Codes of refusals, by what they mean. */
export const CODES = {
  unknownEvent: 10_000,
  generic: 10_001,
  parameters: 10_020,
  conf: 10_050,
  auth: 10_100,
  subscription: 10_300,
  duplicate: 10_301,
  channel: 10_302,
  limit: 10_305,
  noSuchChannel: 10_400,
  notSubscribed: 10_401,
  notReady: 11_000,
} as const;

/** A refusal as Bitfinex words it. */
export class BitfinexError extends Error {
  /** @param chanId of the channel that is there already */
  constructor(
    readonly code: number,
    message: string,
    readonly chanId?: number,
  ) {
    super(message);
    this.name = 'BitfinexError';
  }

  /** Whether only a client that does something wrong hears it: a lost acknowledgement leads to the others as well. */
  get isMistake(): boolean {
    const { duplicate, limit, noSuchChannel, notSubscribed, notReady } = CODES;
    const others: readonly number[] = [duplicate, limit, noSuchChannel, notSubscribed, notReady];
    return !others.includes(this.code);
  }
}
