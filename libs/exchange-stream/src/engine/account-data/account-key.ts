import type { MarketEvent, PrivateEvent } from '@exchange-stream/market-data';

/** What an event of an account is about: the same text for all states of one order, asset or position. */
export function accountKey(event: PrivateEvent): string {
  switch (event.type) {
    case 'balance':
      return event.asset;
    case 'position':
      return event.id;
    case 'order':
    case 'fill':
      // Ids of orders and fills need be unique within a symbol only.
      return `${event.nativeSymbol} ${event.id}`;
  }
}

/** The same of any event; undefined for one that is no state of an account. */
export function stateKey(event: MarketEvent): string | undefined {
  return event.type === 'order' || event.type === 'balance' || event.type === 'position'
    ? accountKey(event)
    : undefined;
}
