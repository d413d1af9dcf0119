import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import type { Desk } from '../coinbase-platform/platform.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { isChannel, isProductChannel, wantsLogin, type ProductChannel } from './exchange.channels.ts';
import {
  ControlRequestError,
  parseControlRequest,
  type AskedChannel,
  type ControlRequest,
} from './exchange.control.ts';
import { errorText, isError } from './exchange.frames.ts';
import { SUBSCRIPTIONS_PER_TOPIC } from './exchange.limits.ts';
import { topicsOf, type Subscriptions } from './exchange.subscriptions.ts';

export interface DeskParts {
  readonly market: () => SeededMarket;
  readonly subscriptions: Subscriptions;
  /** Sends a newcomer how things stand on one channel. */
  welcome(
    connection: CoinbaseConnection,
    channel: ProductChannel | 'status',
    productIds: readonly string[],
  ): void;
}

const REFUSED = 'Failed to subscribe';

/** Serves what clients say: anything wrong in a message fails all of it, and an answer is the whole set of what is subscribed. */
export class ExchangeDesk implements Desk {
  constructor(private readonly parts: DeskParts) {}

  serve(connection: CoinbaseConnection, text: string): void {
    let request: ControlRequest;
    try {
      request = parseControlRequest(text);
    } catch (error) {
      if (!(error instanceof ControlRequestError)) throw error;
      connection.violate('invalid-request', error.message);
      return connection.link.transmit(errorText('Malformed message', error.message));
    }
    const { type } = request;
    if (type === 'subscribe') connection.hasSubscribed();
    const channels = request.channels.map(withoutProducts);
    // Books and tickers follow the acknowledgement, the latest match goes before it: as was seen on the wire.
    let isDone = false;
    connection.link.answer({
      subscribes: type === 'subscribe',
      topics: channels.flatMap(({ name, productIds }) => topicsOf(name, productIds)),
      perform: () => {
        const objection = type === 'subscribe' ? this.objectionTo(connection, request) : undefined;
        if (objection !== undefined) return errorText(REFUSED, objection);
        for (const channel of channels) {
          if (type === 'subscribe') this.parts.subscriptions.add(connection, channel);
          else this.parts.subscriptions.remove(connection, channel);
        }
        isDone = type === 'subscribe';
        if (isDone) this.welcome(connection, channels, (name) => name === 'matches');
        return this.listed(connection);
      },
      restated: (answer) => (isError(answer) ? answer : this.listed(connection)),
      follow: () => {
        if (isDone) this.welcome(connection, channels, (name) => name !== 'matches');
      },
      acknowledgement: () => this.listed(connection, type === 'subscribe' ? channels : []),
      strayAcknowledgement: () =>
        this.listed(connection, [{ name: 'matches', productIds: ['NOBODY-ASKED'] }]),
      refusal: () => errorText(REFUSED, 'The service is not available.'),
    });
  }

  tooManyMessages(): string {
    return errorText('Too many messages', 'rate limit exceeded');
  }

  private welcome(
    connection: CoinbaseConnection,
    channels: readonly AskedChannel[],
    isMeant: (name: string) => boolean,
  ): void {
    for (const { name, productIds } of channels)
      if (isMeant(name) && (isProductChannel(name) || name === 'status'))
        this.parts.welcome(connection, name, productIds);
  }

  /** Why nothing of a request is done; undefined where all of it is. */
  private objectionTo(
    connection: CoinbaseConnection,
    { channels, account }: ControlRequest,
  ): string | undefined {
    this.parts.subscriptions.own(connection, account);
    for (const { name, productIds } of channels) {
      if (wantsLogin(name) && account === undefined) {
        connection.violate('not-logged-in', `${name} without keys`);
        return `${name} requires authentication`;
      }
      const objection = this.objectionToChannel(name, productIds);
      if (objection !== undefined) {
        connection.violate('invalid-request', objection);
        return objection;
      }
      const excess = topicsOf(name, productIds).find(
        (topic) => this.parts.subscriptions.othersWith(connection, topic) >= SUBSCRIPTIONS_PER_TOPIC,
      );
      if (excess === undefined || !isProductChannel(name)) continue;
      const detail = `${excess} is had ${SUBSCRIPTIONS_PER_TOPIC} times, no more are allowed`;
      connection.violate('subscriptions-per-topic', detail);
      return detail;
    }
    return undefined;
  }

  private objectionToChannel(name: string, productIds: readonly string[]): string | undefined {
    if (!isChannel(name)) return `${name} is not a valid channel`;
    if (!isProductChannel(name)) return undefined;
    if (productIds.length === 0) return `${name} must have at least one product`;
    const unknown = productIds.find((id) => {
      const market = this.parts.market().find(id);
      return market === undefined || market.status === 'closed';
    });
    return unknown === undefined ? undefined : `${unknown} is not a valid product`;
  }

  private listed(connection: CoinbaseConnection, also: readonly AskedChannel[] = []): string {
    const channels = this.parts.subscriptions
      .listed(connection, also)
      .map(({ name, productIds }) => ({ name, product_ids: productIds, account_ids: null }));
    return JSON.stringify({ type: 'subscriptions', channels });
  }
}

/** Channels of the whole exchange have no products, whatever stands beside them. */
function withoutProducts(channel: AskedChannel): AskedChannel {
  return channel.name === 'status' ? { ...channel, productIds: [] } : channel;
}
