import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import type { Channel, ParamValue } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  InjectExchangeStream,
  judgeExchange,
  type HealthStatus,
} from '@exchange-stream/nestjs';
import { channelsOf, type EndpointView } from '@exchange-stream/nestjs/engine';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ApiError } from './api-error.ts';

const SCALAR = { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

export class ParamDto {
  @ApiProperty({ example: 'interval' })
  readonly name: string;

  @ApiProperty({ example: 'Length of a candle.' })
  readonly description: string;

  @ApiProperty({ type: 'array', items: SCALAR, example: ['1m', '5m', '1h'] })
  readonly values: readonly ParamValue[];

  @ApiPropertyOptional({ ...SCALAR, description: 'What an absent parameter means.' })
  readonly default?: ParamValue;

  @ApiProperty()
  readonly required: boolean;
}

export class ChannelDto {
  @ApiProperty({ example: 'candles' })
  readonly channel: Channel;

  @ApiProperty({ type: [ParamDto] })
  readonly params: readonly ParamDto[];
}

export class ExchangeHealthDto {
  @ApiProperty({ enum: ['up', 'degraded', 'down'] })
  readonly status: HealthStatus;

  @ApiProperty({ example: 'all 3 subscriptions are served' })
  readonly reason: string;
}

/** The connections to one endpoint, and how they are filled. */
export class EndpointDto implements EndpointView {
  @ApiProperty({ example: 'public' })
  readonly endpoint: string;

  @ApiProperty({ example: 'public' })
  readonly kind: EndpointView['kind'];

  @ApiProperty()
  readonly connections: number;

  @ApiProperty({ description: 'Topics on all of them.' })
  readonly topics: number;

  @ApiProperty({ description: 'Topics that one connection may carry.' })
  readonly topicsPerConnection: number;

  @ApiPropertyOptional({ description: 'That number, where the exchange refused more than it.' })
  readonly learntTopicsPerConnection?: number;

  @ApiProperty({ description: 'Topics that still fit on the connections there are.' })
  readonly availableCapacity: number;
}

/** An exchange and what it offers, as its adapter declares it. */
export class ExchangeDto {
  @ApiProperty({ example: 'binance' })
  readonly id: string;

  @ApiProperty({ example: 'Binance Spot' })
  readonly name: string;

  @ApiProperty({ description: 'Whether it is talked to.' })
  readonly enabled: boolean;

  @ApiProperty({ description: 'Connections there are, in whatever state.' })
  readonly connectionCount: number;

  @ApiProperty({ description: 'Topics that still fit on them; beyond, further ones are opened.' })
  readonly availableCapacity: number;

  @ApiProperty({ type: [EndpointDto] })
  readonly endpoints: readonly EndpointDto[];

  @ApiProperty({ type: [ChannelDto] })
  readonly channels: readonly ChannelDto[];

  @ApiProperty({ type: ExchangeHealthDto })
  readonly health: ExchangeHealthDto;
}

/** Which exchange. */
export class ExchangeBody {
  @ApiProperty({ example: 'binance', description: 'Id of the exchange.' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly exchange: string;
}

@ApiTags('exchanges')
@Controller('v1/exchanges')
export class ExchangesController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'The exchanges in use, what they offer, and how they do' })
  @ApiOkResponse({ type: [ExchangeDto] })
  list(): ExchangeDto[] {
    return this.stream.exchanges.map((id) => this.show(id));
  }

  @Post('disable')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Stop talking to an exchange until it is enabled; its subscriptions stay wanted' })
  @ApiOkResponse({ type: ExchangeDto, description: 'It is disabled, its connections are closed.' })
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'Unknown exchange.' })
  async disable(@Body() { exchange }: ExchangeBody): Promise<ExchangeDto> {
    await this.stream.disable(exchange);
    return this.show(exchange);
  }

  @Post('enable')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Talk to a disabled exchange again, and bring back what is wanted of it' })
  @ApiOkResponse({ type: ExchangeDto, description: 'It is enabled; connections follow.' })
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'Unknown exchange.' })
  enable(@Body() { exchange }: ExchangeBody): ExchangeDto {
    this.stream.enable(exchange);
    return this.show(exchange);
  }

  private show(id: string): ExchangeDto {
    const manager = this.stream.manager(id);
    const { status, reason } = judgeExchange(id, manager.connections(), manager.subscriptions());
    const { adapter, enabled, connectionCount, availableCapacity } = manager;
    return {
      id,
      name: adapter.name,
      enabled,
      connectionCount,
      availableCapacity,
      endpoints: manager.endpoints(),
      channels: channelsOf(adapter).map((channel) => channelDto(channel, adapter)),
      health: { status, reason },
    };
  }
}

function channelDto(channel: Channel, { channels }: ExchangeAdapter): ChannelDto {
  // Raw topics say everything themselves.
  const { params = {} } = channel === 'raw' ? {} : (channels[channel] ?? {});
  return {
    channel,
    params: Object.entries(params).map(([name, { required = false, ...declaration }]) => ({
      name,
      ...declaration,
      required,
    })),
  };
}
