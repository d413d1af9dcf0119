import { Controller, Get } from '@nestjs/common';
import type { Channel, ParamValue } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  InjectExchangeStream,
  judgeExchange,
  type HealthStatus,
} from '@exchange-stream/nestjs';
import { channelsOf } from '@exchange-stream/nestjs/engine';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';

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

/** An exchange and what it offers, as its adapter declares it. */
export class ExchangeDto {
  @ApiProperty({ example: 'binance' })
  readonly id: string;

  @ApiProperty({ example: 'Binance Spot' })
  readonly name: string;

  @ApiProperty({ type: [ChannelDto] })
  readonly channels: readonly ChannelDto[];

  @ApiProperty({ type: ExchangeHealthDto })
  readonly health: ExchangeHealthDto;
}

@ApiTags('exchanges')
@Controller('v1/exchanges')
export class ExchangesController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'The exchanges in use, what they offer, and how they do' })
  @ApiOkResponse({ type: [ExchangeDto] })
  list(): ExchangeDto[] {
    return this.stream.exchanges.map((id) => {
      const manager = this.stream.manager(id);
      const { status, reason } = judgeExchange(id, manager.connections(), manager.subscriptions());
      const { adapter } = manager;
      const channels = channelsOf(adapter).map((channel) => channelDto(channel, adapter));
      return { id, name: adapter.name, channels, health: { status, reason } };
    });
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
