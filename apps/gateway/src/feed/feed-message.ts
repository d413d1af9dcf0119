import type {
  DataEvent,
  DataState,
  LostRange,
  PrivateEvent,
  StatusEvent,
} from '@exchange-stream/market-data';
import type { SubscriptionFailure } from '@exchange-stream/nestjs/engine';

/** Kinds of message that carry data. */
export type DataKind =
  | 'snap'
  | 'upd'
  | 'trade'
  | 'ticker'
  | 'quote'
  | 'candle'
  | 'derivatives'
  | 'liquidation'
  | 'option'
  | 'platform-status'
  | 'raw';

/** Where a message stands in its channel. */
export interface Position {
  /** Name of the channel. */
  readonly ch: string;
  /** Epoch. */
  readonly e: string;
  /** Sequence: contiguous per channel and epoch, the same for every client. */
  readonly s: number;
  /** Sequence of the message that this client received before on the channel. */
  readonly p: number;
}

/** Market data on the feed. */
export interface DataMessage extends Position {
  readonly t: DataKind;
  /** Exchange's time, milliseconds since the epoch. */
  readonly x?: number;
  /** When the gateway received it. */
  readonly r: number;
  /** When the gateway numbered it. */
  readonly g: number;
  readonly d: Readonly<Record<string, unknown>>;
}

/** A change of trust in a channel's data. */
export interface StatusMessage extends Position {
  readonly t: 'status';
  readonly state: DataState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly reason: string;
  readonly lost?: LostRange;
  readonly filled?: LostRange;
  /** The exchange refuses the subscription; nothing will come. */
  readonly failure?: SubscriptionFailure;
}

/** The client now holds what the gateway holds; what follows are changes. */
export interface SyncedMessage {
  readonly t: 'synced';
  readonly ch: string;
  readonly e: string;
  readonly s: number;
}

export type FeedMessage = DataMessage | StatusMessage | SyncedMessage;

/** A message as it goes out, encoded once for all who receive it. */
export interface EncodedMessage {
  readonly text: string;
  readonly bytes: number;
}

/** What anybody may see; the feed has no private channels. */
export type PublicEvent = Exclude<DataEvent, PrivateEvent>;

const KIND_OF_EVENT: Readonly<Record<PublicEvent['type'], DataKind>> = {
  'book-snapshot': 'snap',
  'book-update': 'upd',
  'book-orders-snapshot': 'snap',
  'book-orders-update': 'upd',
  trade: 'trade',
  ticker: 'ticker',
  quote: 'quote',
  candle: 'candle',
  derivatives: 'derivatives',
  liquidation: 'liquidation',
  option: 'option',
  'platform-status': 'platform-status',
  raw: 'raw',
};

export function dataMessage(event: PublicEvent, position: Position, gatewayTime: number): DataMessage {
  // The channel says what the left-out fields would: exchange, symbol and kind are the same in all its messages.
  const { type, exchange: _e, symbol: _s, nativeSymbol: _n, exchangeTime, receivedAt, ...d } = event;
  return { t: KIND_OF_EVENT[type], ...position, x: exchangeTime, r: receivedAt, g: gatewayTime, d };
}

export function statusMessage(status: ChannelStatus, position: Position): StatusMessage {
  return { t: 'status', ...position, ...status };
}

/** What a channel says of itself between its data. */
export type ChannelStatus = Omit<StatusMessage, 't' | keyof Position>;

export function channelStatus({ state, receivedAt, reason, lost, filled }: StatusEvent): ChannelStatus {
  return { state, since: receivedAt, reason, ...(lost && { lost }), ...(filled && { filled }) };
}

export function encode(message: FeedMessage): EncodedMessage {
  const text = JSON.stringify(message);
  return { text, bytes: Buffer.byteLength(text) };
}
