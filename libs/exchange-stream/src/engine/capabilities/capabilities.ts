import type {
  InstrumentKind,
  ParamValue,
  PrivateChannel,
  SubscriptionParams,
  TypedChannel,
} from '@exchange-stream/market-data';
import type {
  Cadence,
  Environment,
  Heartbeat,
  ProtocolFacts,
  ParamDeclaration,
  RequestLimit,
  SocketEndpoint,
  TradeIds,
} from '../../contract/index.ts';

/** A parameter of a channel. */
export interface ParamCapability {
  readonly name: string;
  readonly description: string;
  readonly values: readonly ParamValue[];
  /** What it takes beside them, in words. */
  readonly also?: string;
  /** What an absent parameter means. */
  readonly default?: ParamValue;
  readonly required: boolean;
  /** Kinds of instruments that have it, where not all that have the channel do. */
  readonly kinds?: readonly InstrumentKind[];
  /** What it takes of instruments of these kinds, in place of the general `values` and `default`. */
  readonly perKind?: ParamDeclaration['perKind'];
}

/** A way in which books of a channel are kept. */
export interface BookCapability {
  /** `whole`: every message holds the whole book. `linked`: changes follow one another on top of a seed. */
  readonly kind: 'whole' | 'linked';
  /** Where the seed of a linked book comes from. */
  readonly seed?: 'rest' | 'stream';
  /** Whether the exchange sends checksums that prove it. */
  readonly hasChecksum?: true;
  /** Nothing that the exchange sends shows whether a change is missing. */
  readonly isUnproven?: true;
  /** Kinds of instruments whose books have checksums, where not all. */
  readonly checksumKinds?: readonly InstrumentKind[];
  /** Parameters that lead to it, the plainest of them. */
  readonly params: SubscriptionParams;
}

/** How an exchange streams one kind of data. */
export interface ChannelCapability {
  readonly channel: TypedChannel;
  /** Keys of the endpoints that serve it: several where that depends on the instrument or the parameters. */
  readonly endpoints: readonly string[];
  /** Kinds of instruments that have it, where not all do. */
  readonly kinds?: readonly InstrumentKind[];
  readonly params: readonly ParamCapability[];
  /** For `book`: how books are kept, each way once. */
  readonly books?: readonly BookCapability[];
  /** For `candles`: those of its intervals that REST alone has, and that are asked for as they end. */
  readonly restIntervals?: readonly string[];
  /** For `trades`: what ids tell of those that are missing, with the plainest parameters. */
  readonly tradeIds?: TradeIds;
  /** Which of what happens the exchange tells, where it does not tell all. */
  readonly sampled?: string;
  /** What only REST tells, and how often it is asked. */
  readonly polls?: readonly { readonly name: string; readonly everyMs: number }[];
  /** What is promised of its rows with the plainest parameters; without it, silence alone proves nothing. */
  readonly cadence?: Cadence;
  /** Milliseconds from the ack to the first row, where every subscription is greeted with one; plainest parameters. */
  readonly firstDataWithinMs?: number;
  /** Only one variant per symbol: on one connection, or at all. */
  readonly exclusive?: 'connection' | 'exchange';
}

/** What an exchange tells of an account. */
export interface PrivateChannelCapability {
  readonly channel: PrivateChannel;
  /** Key of the endpoint that serves it. */
  readonly endpoint: string;
  /** Who tells all that there is, before changes count; of `fills`, nobody. */
  readonly snapshot?: 'stream' | 'rest';
  /** Of `fills`: ids count up by one, so that a missing one is seen. */
  readonly hasConsecutiveIds?: boolean;
}

/** A kind of socket. */
export interface EndpointCapability {
  /** Its key in the adapter's declaration. */
  readonly endpoint: string;
  readonly kind: SocketEndpoint['kind'];
  readonly environments: readonly Environment[];
  /** Whether it wants credentials. */
  readonly login: boolean;
  /** As documented by the exchange, and as we use them; `lifetimeMs` is the age at which a connection ends. */
  readonly limits: SocketEndpoint['limits'];
  /** `asks`: how a client asks for a sign of life. */
  readonly heartbeat: Heartbeat & { readonly asks: 'message' | 'websocket-ping' };
  readonly compression?: SocketEndpoint['compression'];
  /** Whether all frames of a connection are numbered in one count, which shows that one is missing. */
  readonly countsFrames?: true;
  /** While the exchange pauses, a lost connection is dialled again after so many milliseconds at the earliest. */
  readonly pausedRedialMs?: number;
  readonly ackDeadlineMs: number;
}

export type RestOperationName = 'instruments' | 'bookSeed' | 'candles' | 'trades' | 'serverTime';

/** What can be had of an exchange, as its adapter declares it. Plain data, fit for JSON. */
export interface Capabilities {
  readonly exchange: string;
  /** Its name for people. */
  readonly name: string;
  /** What the adapter was written from, and whether it has met the exchange itself. */
  readonly facts?: ProtocolFacts;
  /** Worlds that every endpoint and REST have. */
  readonly environments: readonly Environment[];
  /** The exchange's own divisions of its instruments, where the same native symbol may be several of them. */
  readonly categories?: readonly string[];
  readonly channels: readonly ChannelCapability[];
  /** What can be had with a login as an account; empty where there is nothing. */
  readonly privateChannels: readonly PrivateChannelCapability[];
  /**
   * Whether topics can be had by the exchange's own names, and what these look like. `endpoints`: values of the parameter
   * `endpoint`, where a topic may be one of several endpoints.
   */
  readonly raw?: { readonly form?: string; readonly endpoints?: readonly string[] };
  readonly endpoints: readonly EndpointCapability[];
  readonly rest: { readonly requests: RequestLimit; readonly operations: readonly RestOperationName[] };
}
