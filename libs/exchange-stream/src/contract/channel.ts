import type { Channel, ParamValue, SubscriptionParams } from '@exchange-stream/market-data';
import type { BookRules } from './book.ts';

/** A parameter that subscriptions to a channel may carry. */
export interface ParamDeclaration {
  /** One line for users. */
  readonly description: string;
  /** All values it takes. */
  readonly values: readonly ParamValue[];
  /** What an absent parameter means. Canonical subscriptions leave a parameter at its default out. */
  readonly default?: ParamValue;
  readonly required?: boolean;
}

/** How an exchange streams one kind of data. */
export interface ChannelDeclaration {
  /** Key of the endpoint that serves it. */
  readonly endpoint: string;
  readonly params: Readonly<Record<string, ParamDeclaration>>;
  /** The exchange's own wire name of the subscription. */
  readonly topic: (nativeSymbol: string, params: SubscriptionParams) => string;
  /** For `book`: how a local book of this variant is kept right. */
  readonly book?: (params: SubscriptionParams) => BookRules;
}

/** What a topic carries: the reverse of a channel's `topic`. */
export interface TopicDescription {
  readonly channel: Channel;
  readonly nativeSymbol: string;
  /** Canonical parameters, those at their default left out. */
  readonly params: SubscriptionParams;
}
