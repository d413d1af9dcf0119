import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import type { Desk } from '../coinbase-platform/platform.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { isChannel, isPrivate, isProductChannel, type Channel } from './coinbase.channels.ts';
import { ControlRequestError, parseControlRequest, type ControlRequest } from './coinbase.control.ts';
import { errorText, frameText, isError } from './coinbase.frames.ts';
import { productOf } from './coinbase.instruments.ts';
import { nameOf, type Subscriptions } from './coinbase.subscriptions.ts';

export interface DeskParts {
  readonly now: () => number;
  readonly market: () => SeededMarket;
  readonly subscriptions: Subscriptions;
  /** Sends a newcomer how things stand. */
  welcome(connection: CoinbaseConnection, channel: Channel, productIds: readonly string[]): void;
}

const REFUSED = 'failure to subscribe';
const NO_LOGIN = 'authentication failure';

/** Serves what clients say: errors bear no id, and answers are the whole set of what is subscribed. */
export class CoinbaseDesk implements Desk {
  constructor(private readonly parts: DeskParts) {}

  serve(connection: CoinbaseConnection, text: string): void {
    let request: ControlRequest;
    try {
      request = parseControlRequest(text);
    } catch (error) {
      if (!(error instanceof ControlRequestError)) throw error;
      connection.violate(error.rule, error.message);
      return connection.link.transmit(errorText(REFUSED));
    }
    const { type, channel, productIds } = request;
    if (type === 'subscribe') connection.hasSubscribed();
    const topics = isProductChannel(channel) ? productIds.map((id) => nameOf(channel, id)) : [channel];
    connection.link.answer({
      subscribes: type === 'subscribe',
      topics,
      perform: () => this.perform(connection, request),
      restated: (answer) => (isError(answer) ? answer : this.listed(connection)),
      acknowledgement: () =>
        type === 'subscribe'
          ? this.listed(connection, { channel, ids: isProductChannel(channel) ? productIds : [channel] })
          : this.listed(connection),
      strayAcknowledgement: () =>
        this.listed(connection, { channel: 'market_trades', ids: ['NOBODY-ASKED'] }),
      refusal: () => errorText(REFUSED),
    });
  }

  tooManyMessages(): string {
    return errorText('rate limit exceeded');
  }

  private perform(connection: CoinbaseConnection, { type, channel, productIds }: ControlRequest): string {
    if (isPrivate(channel)) {
      connection.violate('not-logged-in', `${channel} without a login`);
      return errorText(NO_LOGIN);
    }
    if (!isChannel(channel)) return this.refuse(connection, `there is no channel ${channel}`);
    if (type === 'unsubscribe') {
      this.parts.subscriptions.remove(connection, channel, productIds);
      return this.listed(connection);
    }
    const objection = isProductChannel(channel) ? this.objectionTo(productIds) : undefined;
    if (objection !== undefined) return this.refuse(connection, objection);
    this.parts.subscriptions.add(connection, channel, productIds);
    // How things stand comes first, as was seen on the wire.
    this.parts.welcome(connection, channel, [...new Set(productIds.map(productOf))]);
    return this.listed(connection);
  }

  private objectionTo(productIds: readonly string[]): string | undefined {
    if (productIds.length === 0) return 'product_ids are missing';
    const unknown = productIds.find((id) => {
      const market = this.parts.market().find(productOf(id));
      return market === undefined || market.status === 'closed';
    });
    return unknown === undefined ? undefined : `${unknown} is no product that is traded`;
  }

  private refuse(connection: CoinbaseConnection, detail: string): string {
    connection.violate('invalid-request', detail);
    return errorText(REFUSED);
  }

  private listed(
    connection: CoinbaseConnection,
    also?: { readonly channel: string; readonly ids: readonly string[] },
  ): string {
    const subscriptions = this.parts.subscriptions.listed(connection, also);
    return frameText('subscriptions', this.parts.now(), JSON.stringify({ subscriptions }));
  }
}
