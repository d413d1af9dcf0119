/** How the data of a private subscription is kept right. */
export type AccountRules = StateRules | FillRules;

interface OfAccount {
  /** Name of the account. */
  readonly account: string;
  /** The unified symbol of an instrument; the exchange's own where the list of instruments has none. */
  symbolOf(nativeSymbol: string): string;
}

/** Of each id the newest state counts. */
export interface StateRules extends OfAccount {
  readonly kind: 'states';
  /** Who tells all that there is. */
  readonly snapshot: 'stream' | 'rest';
}

/** Each fill counts for itself, and comes once. */
export interface FillRules extends OfAccount {
  readonly kind: 'fills';
  /** One that is left out between two is missing. */
  readonly hasConsecutiveIds: boolean;
  /** Missed ones can be asked for. */
  readonly canRecover: boolean;
}
