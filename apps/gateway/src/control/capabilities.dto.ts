import {
  INSTRUMENT_KINDS,
  PRIVATE_CHANNELS,
  PUBLIC_CHANNELS,
  TYPED_CHANNELS,
  type PrivateChannel,
  type SubscriptionParams,
  type TypedChannel,
} from '@exchange-stream/market-data';
import type { Environment, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import type {
  BookCapability,
  Capabilities,
  ChannelCapability,
  EndpointCapability,
  PrivateChannelCapability,
  RestOperationName,
} from '@exchange-stream/nestjs/engine';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ParamDto } from './exchange.dto.ts';

const ENVIRONMENTS = { enum: ['live', 'testnet'], isArray: true };
const COMPRESSIONS = ['permessage-deflate', 'gzip', 'deflate', 'deflate-raw'];

export class LimitDto {
  @ApiProperty({ description: 'The number that the exchange documents.' })
  readonly documented: number;

  @ApiProperty({ description: 'The number that is used.' })
  readonly safe: number;
}

export class RateLimitDto extends LimitDto {
  @ApiProperty({ description: 'Milliseconds.' })
  readonly windowMs: number;
}

export class RequestLimitDto extends RateLimitDto {
  @ApiPropertyOptional({ description: 'Exchanges that name the same pool use it up together.' })
  readonly pool?: string;
}

export class BookCapabilityDto implements BookCapability {
  @ApiProperty({ enum: ['whole', 'linked'], description: 'Whole in each message, or by changes that link.' })
  readonly kind: BookCapability['kind'];

  @ApiPropertyOptional({ enum: ['rest', 'stream'], description: 'Where the whole book comes from first.' })
  readonly seed?: 'rest' | 'stream';

  @ApiPropertyOptional({ description: 'Whether the exchange sends checksums that prove it.' })
  readonly hasChecksum?: true;

  @ApiPropertyOptional({ description: 'Nothing that the exchange sends shows whether a change is missing.' })
  readonly isUnproven?: true;

  @ApiPropertyOptional({
    enum: INSTRUMENT_KINDS,
    isArray: true,
    description: 'Kinds of instruments whose books have checksums, where not all.',
  })
  readonly checksumKinds?: BookCapability['checksumKinds'];

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Parameters that lead to it.' })
  readonly params: SubscriptionParams;
}

export class CadenceDto {
  @ApiPropertyOptional({
    description: 'A row comes at least this often, in milliseconds; without it, the pace is learnt.',
  })
  readonly everyMs?: number;

  @ApiPropertyOptional({
    enum: PUBLIC_CHANNELS,
    isArray: true,
    description: 'Only while one of these moves; without it, at rest too.',
  })
  readonly provenBy?: TypedChannel[];
}

export class ChannelCapabilityDto implements ChannelCapability {
  @ApiProperty({ enum: TYPED_CHANNELS, example: 'book' })
  readonly channel: TypedChannel;

  @ApiProperty({
    type: [String],
    example: ['public'],
    description: 'Keys of the endpoints that serve it: which one may depend on instrument and parameters.',
  })
  readonly endpoints: readonly string[];

  @ApiPropertyOptional({
    enum: INSTRUMENT_KINDS,
    isArray: true,
    description: 'Instruments that have it; all without it.',
  })
  readonly kinds?: ChannelCapability['kinds'];

  @ApiProperty({ type: [ParamDto] })
  readonly params: readonly ParamDto[];

  @ApiPropertyOptional({ type: [BookCapabilityDto], description: 'How books are kept, each way once.' })
  readonly books?: readonly BookCapabilityDto[];

  @ApiPropertyOptional({
    type: [String],
    description:
      'Of candles: those of its intervals that REST alone has, and that are asked for as they end.',
  })
  readonly restIntervals?: readonly string[];

  @ApiPropertyOptional({
    enum: ['contiguous', 'increasing', 'arbitrary'],
    description: 'Of trades: what their ids tell. With contiguous ones a missing trade is seen at the next.',
  })
  readonly tradeIds?: ChannelCapability['tradeIds'];

  @ApiPropertyOptional({ description: 'Which of what happens is told, where not all is.' })
  readonly sampled?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: {
      type: 'object',
      properties: { name: { type: 'string' }, everyMs: { type: 'number' } },
      required: ['name', 'everyMs'],
    },
    description: 'What only REST tells, and how often it is asked.',
  })
  readonly polls?: ChannelCapability['polls'];

  @ApiPropertyOptional({ type: CadenceDto, description: 'Without it, silence alone proves nothing.' })
  readonly cadence?: ChannelCapability['cadence'];

  @ApiPropertyOptional({ description: 'Milliseconds from the ack to the first row, where one always comes.' })
  readonly firstDataWithinMs?: number;

  @ApiPropertyOptional({ enum: ['connection', 'exchange'], description: 'One variant per symbol only.' })
  readonly exclusive?: 'connection' | 'exchange';
}

/** What an exchange tells of an account. The gateway hands none of it out. */
export class PrivateChannelDto implements PrivateChannelCapability {
  @ApiProperty({ enum: PRIVATE_CHANNELS, example: 'orders' })
  readonly channel: PrivateChannel;

  @ApiProperty({ example: 'private', description: 'Key of the endpoint that serves it.' })
  readonly endpoint: string;

  @ApiPropertyOptional({ enum: ['stream', 'rest'], description: 'Who tells all that there is.' })
  readonly snapshot?: 'stream' | 'rest';

  @ApiPropertyOptional({ description: 'Of fills: ids count up by one, so that a missing one is seen.' })
  readonly hasConsecutiveIds?: boolean;
}

export class RawDto {
  @ApiPropertyOptional({ description: 'What topics look like.' })
  readonly form?: string;

  @ApiPropertyOptional({
    description: 'Values of the parameter `endpoint`, where a topic may be one of several endpoints.',
  })
  readonly endpoints?: readonly string[];
}

/** As documented by the exchange, and as used. */
export class LimitsDto {
  @ApiProperty({ type: LimitDto })
  readonly topicsPerConnection: LimitDto;

  @ApiProperty({ type: LimitDto })
  readonly topicsPerMessage: LimitDto;

  @ApiPropertyOptional({ type: LimitDto })
  readonly bytesPerMessage?: LimitDto;

  @ApiProperty({ type: RateLimitDto, description: 'Of one connection.' })
  readonly messages: RateLimitDto;

  @ApiPropertyOptional({ type: RateLimitDto })
  readonly messagesPerAddress?: RateLimitDto;

  @ApiPropertyOptional({ type: LimitDto, description: 'Connections of one address at the same time.' })
  readonly connectionsPerAddress?: LimitDto;

  @ApiProperty({ type: [RateLimitDto], description: 'Of one address; each holds.' })
  readonly connects: readonly RateLimitDto[];

  @ApiPropertyOptional({ type: LimitDto, description: 'Age at which a connection ends, in milliseconds.' })
  readonly lifetimeMs?: LimitDto;
}

export class HeartbeatDto {
  @ApiProperty({ enum: ['exchange', 'client'] })
  readonly sender: 'exchange' | 'client';

  @ApiProperty({ description: 'Milliseconds.' })
  readonly intervalMs: number;

  @ApiProperty({ description: 'Milliseconds of silence after which the connection is dead.' })
  readonly deadlineMs: number;

  @ApiProperty({ enum: ['message', 'websocket-ping'], description: 'How a client asks.' })
  readonly asks: 'message' | 'websocket-ping';
}

export class EndpointDto implements EndpointCapability {
  @ApiProperty({ example: 'public' })
  readonly endpoint: string;

  @ApiProperty({ enum: ['public', 'market', 'private', 'trading'] })
  readonly kind: SocketEndpoint['kind'];

  @ApiProperty(ENVIRONMENTS)
  readonly environments: readonly Environment[];

  @ApiProperty({ description: 'Whether it wants credentials.' })
  readonly login: boolean;

  @ApiProperty({ type: LimitsDto })
  readonly limits: LimitsDto;

  @ApiProperty({ type: HeartbeatDto })
  readonly heartbeat: HeartbeatDto;

  @ApiPropertyOptional({ enum: COMPRESSIONS })
  readonly compression?: SocketEndpoint['compression'];

  @ApiPropertyOptional({
    enum: [true],
    description: 'All frames of a connection are numbered in one count, which shows that one is missing.',
  })
  readonly countsFrames?: true;

  @ApiPropertyOptional({
    description:
      'While the exchange pauses, a lost connection is dialled again after so many milliseconds at the earliest.',
  })
  readonly pausedRedialMs?: number;

  @ApiProperty({ description: 'How long a request may wait for its ack, in milliseconds.' })
  readonly ackDeadlineMs: number;
}

export class RestCapabilityDto {
  @ApiProperty({ type: RequestLimitDto, description: 'Weighted requests of one address.' })
  readonly requests: RequestLimitDto;

  @ApiProperty({ enum: ['instruments', 'bookSeed', 'candles', 'trades', 'serverTime'], isArray: true })
  readonly operations: readonly RestOperationName[];
}

/** What can be had of an exchange, as its adapter declares it. */
export class CapabilitiesDto implements Capabilities {
  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ example: 'Binance Spot' })
  readonly name: string;

  @ApiPropertyOptional({
    type: 'object',
    properties: {
      source: { type: 'string' },
      asOf: { type: 'string', format: 'date' },
      verifiedLive: { type: 'string', format: 'date' },
    },
    required: ['source', 'asOf'],
    additionalProperties: false,
    description:
      'What the adapter was written from, and when it last met the exchange itself; absent if never.',
  })
  readonly facts?: Capabilities['facts'];

  @ApiProperty({ ...ENVIRONMENTS, description: 'Worlds that every endpoint and REST have.' })
  readonly environments: readonly Environment[];

  @ApiPropertyOptional({
    type: [String],
    example: ['spot', 'linear'],
    description:
      "The exchange's own divisions, where the same native symbol may be an instrument of several.",
  })
  readonly categories?: readonly string[];

  @ApiProperty({ type: [ChannelCapabilityDto] })
  readonly channels: readonly ChannelCapabilityDto[];

  @ApiProperty({
    type: [PrivateChannelDto],
    description: 'With a login, in the library; not by this gateway.',
  })
  readonly privateChannels: readonly PrivateChannelDto[];

  @ApiPropertyOptional({ type: RawDto, description: 'Topics by the names of the exchange.' })
  readonly raw?: RawDto;

  @ApiProperty({ type: [EndpointDto] })
  readonly endpoints: readonly EndpointDto[];

  @ApiProperty({ type: RestCapabilityDto })
  readonly rest: RestCapabilityDto;
}
