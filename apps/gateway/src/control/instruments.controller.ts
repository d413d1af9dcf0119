import { Controller, Get, HttpStatus, Query } from '@nestjs/common';
import {
  INSTRUMENT_KINDS,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
} from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ApiError } from './api-error.ts';
import { ControlError } from './control-error.ts';

const STATUSES = ['trading', 'halted', 'delisted'] as const satisfies readonly InstrumentStatus[];

export class InstrumentsQuery {
  @ApiProperty({ example: 'binance' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly exchange: string;

  @ApiPropertyOptional({ example: 'BTC/USDT', description: "Unified, or the exchange's own." })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly symbol?: string;

  @ApiPropertyOptional({ example: 'BTC' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly base?: string;

  @ApiPropertyOptional({ example: 'USDT' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly quote?: string;

  @ApiPropertyOptional({ enum: INSTRUMENT_KINDS })
  @IsOptional()
  @IsIn(INSTRUMENT_KINDS)
  readonly kind?: InstrumentKind;

  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  readonly status?: InstrumentStatus;
}

/** Something that is traded on an exchange. */
export class InstrumentDto implements Instrument {
  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ enum: INSTRUMENT_KINDS })
  readonly kind: InstrumentKind;

  @ApiProperty({ example: 'BTC/USDT' })
  readonly symbol: string;

  @ApiProperty({ example: 'BTCUSDT' })
  readonly nativeSymbol: string;

  @ApiPropertyOptional({
    example: 'linear',
    description: "The exchange's own division in which its symbol is unique, where it has several.",
  })
  readonly category?: string;

  @ApiProperty({ example: 'BTC' })
  readonly base: string;

  @ApiProperty({ example: 'USDT' })
  readonly quote: string;

  @ApiProperty({ enum: STATUSES })
  readonly status: InstrumentStatus;

  @ApiPropertyOptional({ example: '0.01', description: 'Smallest step of a price.' })
  readonly tickSize?: string;

  @ApiPropertyOptional({ example: '0.00001', description: 'Smallest step of an amount.' })
  readonly lotSize?: string;

  @ApiPropertyOptional({
    example: '0.01',
    description: 'How much of contractCurrency a contract is; then amounts are numbers of contracts.',
  })
  readonly contractSize?: string;

  @ApiPropertyOptional({ example: 'BTC', description: 'What contractSize counts.' })
  readonly contractCurrency?: string;
}

@ApiTags('instruments')
@Controller('v1/instruments')
export class InstrumentsController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'What an exchange trades' })
  @ApiOkResponse({ type: [InstrumentDto] })
  @ApiNotFoundResponse({ type: ApiError, description: 'Unknown exchange.' })
  @ApiServiceUnavailableResponse({ type: ApiError, description: 'Not loaded yet.' })
  list(@Query() { exchange, symbol, base, quote, kind, status }: InstrumentsQuery): readonly InstrumentDto[] {
    const { instruments } = this.stream.manager(exchange);
    if (!instruments.loaded) {
      const cause = instruments.error ? `: ${instruments.error.message}` : ' yet; try again shortly';
      const message = `The instruments of ${exchange} are not loaded${cause}.`;
      throw new ControlError(HttpStatus.SERVICE_UNAVAILABLE, 'INSTRUMENTS_NOT_LOADED', message, { exchange });
    }
    const found = symbol === undefined ? instruments.list() : instruments.named(symbol);
    return found.filter(
      (instrument) =>
        (base === undefined || instrument.base === base) &&
        (quote === undefined || instrument.quote === quote) &&
        (kind === undefined || instrument.kind === kind) &&
        (status === undefined || instrument.status === status),
    );
  }
}
