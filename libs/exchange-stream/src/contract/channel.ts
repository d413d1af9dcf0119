import type {
  Channel,
  InstrumentKind,
  ParamValue,
  SubscriptionParams,
  TypedChannel,
} from '@exchange-stream/market-data';
import type { BookRules } from './book.ts';
import type { CandleDeclaration } from './candle.ts';
import type { Poll } from './poll.ts';
import type { TradeRules } from './trades.ts';

/** What a parameter may be. */
export interface ParamValues {
  /** All values it takes, but for those that `also` says. */
  readonly values: readonly ParamValue[];
  /** What it takes beside them, in words: `any whole number to 5000`. */
  readonly also?: string;
  /** The form of text that it takes beside them, the whole of it; `also` says it in words. */
  readonly form?: RegExp;
  /** What an absent parameter means. Canonical subscriptions leave a parameter at its default out. */
  readonly default?: ParamValue;
}

/** A parameter that subscriptions to a channel may carry. */
export interface ParamDeclaration extends ParamValues {
  /** One line for users. */
  readonly description: string;
  readonly required?: boolean;
  /** Kinds of instruments that have it, where not all that have the channel do. */
  readonly kinds?: readonly InstrumentKind[];
  /**
   * Kinds of instruments that do not take all `values`, or have another default: these count in place of the general ones.
   * Without any value, the parameter cannot be given there.
   */
  readonly perKind?: Readonly<Partial<Record<InstrumentKind, ParamValues>>>;
}

/**
 * What an exchange promises of a topic's rows, so that their absence proves something. Declare it only where the exchange
 * does: a pace that it keeps merely as long as something changes makes quiet markets stale.
 */
export type Cadence = StatedCadence | LearntCadence;

interface StatedCadence {
  /** A row comes at least this often, in milliseconds. */
  readonly everyMs: number;
  /**
   * Without it, the promise holds at rest too. With it, only while the market moves: a row of one of these channels, same
   * symbol, changes what is told here, and so leads to a row here within `everyMs`. Silence counts only where such a
   * channel is subscribed and flows.
   */
  readonly provenBy?: readonly Channel[];
}

/**
 * Rows of these channels, same symbol, lead to a row here, and nobody says how soon: that is learnt from the rows that come.
 */
interface LearntCadence {
  readonly everyMs?: undefined;
  readonly provenBy: readonly Channel[];
}

/**
 * A topic that feeds a channel. Whatever depends on the instrument is asked with its `category`, which is undefined where the
 * exchange has no categories (`ExchangeAdapter.categories`).
 */
export interface TopicDeclaration {
  /** Key of the endpoint that serves it; a function where that depends on the instrument or the parameters. */
  readonly endpoint: string | ((params: SubscriptionParams, category?: string) => string);
  /**
   * The exchange's own wire name of the subscription; of the channel `status` without a symbol. The same name may be another
   * topic on another endpoint. Instruments may share one that carries them all: their rows are told apart by `Sink.of`, and
   * the topic is held as long as one of them is wanted. Empty where the instrument has none, and `further` topics or `polls`
   * tell all.
   */
  readonly topic: (nativeSymbol: string, params: SubscriptionParams, category?: string) => string;
  /** When silence proves that the topic is dead; without it, silence proves nothing, as of liquidations and notices. */
  readonly cadence?: (params: SubscriptionParams, category?: string) => Cadence | undefined;
  /**
   * Milliseconds from the ack to the first row, where the exchange greets every new subscription with one, even in a
   * market at rest.
   */
  readonly firstDataWithinMs?: (params: SubscriptionParams, category?: string) => number | undefined;
}

/** How an exchange streams one kind of data. */
export interface ChannelDeclaration extends TopicDeclaration {
  readonly params: Readonly<Record<string, ParamDeclaration>>;
  /** Kinds of instruments that have it, where not all do. */
  readonly kinds?: readonly InstrumentKind[];
  /**
   * Of `ticker`, `derivatives` and `options` alone: topics that tell the rest of what the first one tells, be it on other
   * endpoints. A subscription is subscribed once all of them are. One that the exchange refuses is told (`parts` of the
   * view), and the others go on without it. Each has its own cadence.
   */
  readonly further?: readonly TopicDeclaration[];
  /** Of the same channels: what only REST tells, in the same events. */
  readonly polls?: readonly Poll[];
  /** For `book`: how a local book of this variant is kept right. */
  readonly book?: (params: SubscriptionParams, category?: string) => BookRules;
  /** For `candles`: how the exchange has them. Their length is the parameter `interval`. */
  readonly candles?: CandleDeclaration;
  /** For `trades`: how they are told. Default: ids are `arbitrary`. */
  readonly trades?: (params: SubscriptionParams, category?: string) => TradeRules;
  /**
   * The exchange streams only one variant of this channel per symbol: on one connection, or at all. Without it, variants
   * go side by side.
   */
  readonly exclusive?: 'connection' | 'exchange';
  /**
   * Of what happens the exchange tells only some: which, in words for users, as `the last of each symbol within a second`.
   */
  readonly sampled?: string;
}

/** What a topic carries: the reverse of a channel's `topic`. */
export interface TopicDescription {
  readonly channel: TypedChannel;
  /** Empty for a topic of many instruments, whose rows name theirs (`Sink.of`). */
  readonly nativeSymbol: string;
  /** Of the instrument, where the exchange has categories. */
  readonly category?: string;
  /** Canonical parameters, those at their default left out. */
  readonly params: SubscriptionParams;
}
