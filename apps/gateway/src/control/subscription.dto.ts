import { PUBLIC_CHANNELS, type ParamValue, type PublicChannel } from '@exchange-stream/market-data';
import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsSubscriptionParams } from './params.validator.ts';
import { IsSymbolOrTopic } from './symbol.validator.ts';

const CHANNEL_MESSAGE = `channel must be one of ${PUBLIC_CHANNELS.join(', ')}, and none of an account`;

/** What somebody wants to receive, in the body of a request. */
export class SubscriptionBody {
  @ApiProperty({ example: 'binance', description: 'Id of the exchange.' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly exchange: string;

  @ApiProperty({ enum: PUBLIC_CHANNELS, example: 'candles' })
  @IsIn(PUBLIC_CHANNELS, { message: CHANNEL_MESSAGE })
  readonly channel: PublicChannel;

  @ApiPropertyOptional({
    example: 'BTC/USDT',
    description:
      "Unified symbol; for channel raw, a topic by the exchange's own wire name. Channel status has none.",
    maxLength: 200,
  })
  @IsSymbolOrTopic()
  readonly symbol?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    example: { interval: '1m' },
    description: 'Parameters of the channel; GET /v1/exchanges lists them.',
  })
  @IsOptional()
  @IsSubscriptionParams()
  readonly params?: Record<string, ParamValue>;
}

/** Which subscription to release: by its key, or by what it is. */
export class ReleaseBody {
  @ApiPropertyOptional({ description: 'Canonical key, as GET /v1/subscriptions shows it.' })
  @IsOptional()
  @IsNotEmpty()
  @IsString()
  @MaxLength(512)
  readonly key?: string;

  @ApiPropertyOptional({ example: 'binance' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly exchange?: string;

  @ApiPropertyOptional({ enum: PUBLIC_CHANNELS })
  @IsOptional()
  @IsIn(PUBLIC_CHANNELS, { message: CHANNEL_MESSAGE })
  readonly channel?: PublicChannel;

  @ApiPropertyOptional({ example: 'BTC/USDT' })
  @IsOptional()
  @IsSymbolOrTopic()
  readonly symbol?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { interval: '1m' } })
  @IsOptional()
  @IsSubscriptionParams()
  readonly params?: Record<string, ParamValue>;
}

/** The same in a query. */
export class ReleaseQuery extends OmitType(ReleaseBody, ['params']) {
  @ApiPropertyOptional({ example: 'interval=1m', description: 'name=value pairs, separated by commas.' })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  readonly params?: string;
}
