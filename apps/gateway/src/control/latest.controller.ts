import { Controller, Get, Query } from '@nestjs/common';
import { hasNoSymbol, type SubscriptionParams } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { readParams } from '../config/param-text.ts';
import { ApiError } from './api-error.ts';
import { notLive, subscribedView } from './subscribed-view.ts';
import { IsSymbolOrTopic } from './symbol.validator.ts';

/** Channels of which something holds until the next event; books have a place of their own. */
const CHANNELS = ['ticker', 'quotes', 'candles', 'derivatives', 'options', 'status'] as const;

export class LatestQuery {
  @ApiProperty({ example: 'binance' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly exchange: string;

  @ApiProperty({ enum: CHANNELS, example: 'ticker' })
  @IsIn(CHANNELS)
  readonly channel: (typeof CHANNELS)[number];

  @ApiPropertyOptional({ example: 'BTC/USDT', description: 'Channel status has none.' })
  @IsSymbolOrTopic()
  readonly symbol?: string;

  @ApiPropertyOptional({
    example: 'interval=1m',
    description: 'Parameters of the subscription: name=value pairs, separated by commas.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  readonly params?: string;
}

/** What holds of a live subscription. */
export class LatestDto {
  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ enum: CHANNELS, example: 'ticker' })
  readonly channel: (typeof CHANNELS)[number];

  @ApiProperty({ example: 'BTC/USDT' })
  readonly symbol: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly params: SubscriptionParams;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ type: 'ticker', receivedAt: 1795259237500.4, last: '67000.10' }],
    description:
      'The last event; of status all notices that are not over. Fields are those of `d` on the feed, beside type, exchangeTime and receivedAt.',
  })
  readonly events: readonly object[];
}

@ApiTags('latest')
@Controller('v1/latest')
export class LatestController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'What holds of a subscribed channel that is live' })
  @ApiOkResponse({ type: LatestDto })
  @ApiNotFoundResponse({ type: ApiError, description: 'Nobody has subscribed to it.' })
  @ApiConflictResponse({ type: ApiError, description: 'Subscribed, but not live: see state and reason.' })
  async show(@Query() query: LatestQuery): Promise<LatestDto> {
    const params = query.params === undefined ? {} : readParams(query.params.split(','));
    const { exchange, channel, symbol = '' } = query;
    const request = this.stream.canonical({ exchange, channel, symbol, params });
    const view = subscribedView(this.stream, request, 'this');
    if (view.data !== 'live') throw notLive(view, 'NOT_LIVE', hasNoSymbol(channel) ? exchange : symbol);
    await using handle = this.stream.subscribe(request);
    const latest = handle.latest();
    const holding = channel === 'status' || !latest ? handle.current() : [latest];
    const events = holding.map(({ exchange: _e, symbol: _s, nativeSymbol: _n, ...event }) => event);
    return { exchange, channel, symbol: request.symbol, params: request.params ?? {}, events };
  }
}
