/** How an exchange streams what an account has: of all its symbols and assets together. */
export interface AccountStateDeclaration {
  /** Key of the endpoint that serves it, which logs in. */
  readonly endpoint: string;
  /** The exchange's own wire name of the subscription. */
  readonly topic: string;
  /** Who tells all that there is, before changes count: the stream after each subscription, or REST (`rest.account`). */
  readonly snapshot: 'stream' | 'rest';
}

/** How an exchange streams what an account's orders were filled with. */
export interface FillsDeclaration {
  /** Key of the endpoint that serves it, which logs in. */
  readonly endpoint: string;
  /** The exchange's own wire name of the subscription. */
  readonly topic: string;
  /** Ids are whole numbers that count up by one for each fill of the account: one that is left out is missing. */
  readonly hasConsecutiveIds?: boolean;
}

/** The private channels of an exchange. */
export interface PrivateChannels {
  readonly orders?: AccountStateDeclaration;
  readonly fills?: FillsDeclaration;
  readonly balances?: AccountStateDeclaration;
  readonly positions?: AccountStateDeclaration;
}
