import {
  PUBLIC_CHANNELS,
  formatSubscription,
  type Channel,
  type DataState,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type {
  PartView,
  SubscriptionCounters,
  SubscriptionFailure,
  SubscriptionState,
  SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const DATA_STATES = ['syncing', 'live', 'stale', 'gap', 'halted'];
const SUBSCRIPTION_FAILURES = ['unknown-symbol', 'rejected', 'ack-timeout', 'auth'];
const SUBSCRIPTION_STATES = [
  'inactive',
  'subscribing',
  'subscribed',
  'resubscribing',
  'unsubscribing',
  'unsubscribed',
  'failed',
];

/** A topic that feeds a subscription beside others. */
export class SubscriptionPartDto implements PartView {
  @ApiProperty({ example: 'public', description: 'Key of the endpoint that serves it.' })
  readonly endpoint: string;

  @ApiProperty({ example: 'mark-price:BTC-USDT-SWAP', description: "The exchange's wire name." })
  readonly topic: string;

  @ApiProperty({ enum: SUBSCRIPTION_STATES })
  readonly state: SubscriptionState;

  @ApiProperty()
  readonly reason: string;

  @ApiPropertyOptional({ enum: SUBSCRIPTION_FAILURES })
  readonly failure?: SubscriptionFailure;

  @ApiPropertyOptional({ example: 'okx/public/1' })
  readonly connection?: string;
}

/** A subscription as it stands. */
export class SubscriptionDto {
  @ApiProperty({
    description: 'Canonical key.',
    example: '["binance","candles","BTC/USDT",{"interval":"1m"}]',
  })
  readonly key: string;

  @ApiProperty({
    description: 'Name of its messages on the feed.',
    example: 'binance candles BTC/USDT interval=1m',
  })
  readonly ch: string;

  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ enum: PUBLIC_CHANNELS })
  readonly channel: Channel;

  @ApiProperty({ example: 'BTC/USDT' })
  readonly symbol: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { interval: '1m' } })
  readonly params: SubscriptionParams;

  @ApiPropertyOptional({ example: 'BTCUSDT' })
  readonly nativeSymbol?: string;

  @ApiPropertyOptional({
    example: 'linear',
    description: "The exchange's own division of its instruments, where it has several.",
  })
  readonly category?: string;

  @ApiPropertyOptional({ example: 'public', description: 'Key of the endpoint that serves it.' })
  readonly endpoint?: string;

  @ApiPropertyOptional({ example: 'btcusdt@kline_1m', description: "The exchange's wire name." })
  readonly topic?: string;

  @ApiProperty({ enum: SUBSCRIPTION_STATES, description: 'Where it stands at the exchange.' })
  readonly state: SubscriptionState;

  @ApiProperty({ description: 'Milliseconds since the epoch.' })
  readonly stateSince: number;

  @ApiPropertyOptional({ enum: SUBSCRIPTION_FAILURES })
  readonly failure?: SubscriptionFailure;

  @ApiProperty({ enum: DATA_STATES, description: 'How far its data can be trusted.' })
  readonly data: DataState;

  @ApiProperty({ description: 'Milliseconds since the epoch.' })
  readonly dataSince: number;

  @ApiProperty({ description: 'Why it is in these states.' })
  readonly reason: string;

  @ApiPropertyOptional({ description: 'Of channel status: what goes on at the exchange now, in its words.' })
  readonly notice?: string;

  @ApiProperty({ description: 'Requests sent since the last ack.' })
  readonly attempts: number;

  @ApiProperty({ description: 'How many hold it: REST, feed, configuration and application code.' })
  readonly references: number;

  @ApiProperty({ description: 'Whether REST holds it: DELETE releases this hold and no other.' })
  readonly heldByRest: boolean;

  @ApiPropertyOptional({ example: 'binance/public/1' })
  readonly connection?: string;

  @ApiPropertyOptional({
    type: [SubscriptionPartDto],
    description: "Where several topics feed it: each of them. Topic and connection are the first one's.",
  })
  readonly parts?: readonly SubscriptionPartDto[];

  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' })
  readonly lastAckAt?: number;

  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' })
  readonly lastEventAt?: number;

  @ApiProperty({
    description: 'Milliseconds since it was wanted, without those in which its exchange was disabled.',
  })
  readonly wantedMs: number;

  @ApiProperty({ description: 'Of these: its data was live.' })
  readonly liveMs: number;

  @ApiProperty({ description: 'Of these: the exchange had stopped the market.' })
  readonly haltedMs: number;

  @ApiPropertyOptional({ description: 'Live time by wanted time without the halted, 0 to 1.' })
  readonly liveShare?: number;

  @ApiPropertyOptional({ description: 'The same of the last hour.' })
  readonly liveShareLastHour?: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } })
  readonly counters: SubscriptionCounters;
}

export function subscriptionDto(view: SubscriptionView, heldByRest: boolean): SubscriptionDto {
  return { ...view, ch: formatSubscription(view), heldByRest };
}
