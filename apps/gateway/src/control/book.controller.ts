import { Controller, Get, Query } from '@nestjs/common';
import type {
  BookLevel,
  BookOrder,
  ExchangeSequence,
  QueueRule,
  SubscriptionParams,
} from '@exchange-stream/market-data';
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
import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { readParams } from '../config/param-text.ts';
import { ApiError } from './api-error.ts';
import { notLive, subscribedView } from './subscribed-view.ts';

const DEFAULT_DEPTH = 20;
const MAX_DEPTH = 5_000;

export class BookQuery {
  @ApiProperty({ example: 'binance' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly exchange: string;

  @ApiProperty({ example: 'BTC/USDT' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(64)
  readonly symbol: string;

  @ApiPropertyOptional({ default: DEFAULT_DEPTH, maximum: MAX_DEPTH, description: 'Levels per side.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_DEPTH)
  readonly depth?: number;

  @ApiPropertyOptional({
    example: 'speed=100ms',
    description: 'Parameters of the subscription: name=value pairs, separated by commas.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  readonly params?: string;
}

const LEVELS = {
  type: 'array',
  items: {
    oneOf: [
      { type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'integer' }] } },
      {
        type: 'object',
        properties: {
          id: { type: 'string' },
          price: { type: 'string' },
          amount: { type: 'string' },
          time: { type: 'number' },
          periodDays: { type: 'integer' },
        },
      },
    ],
  },
  example: [['67000.10', '0.5']],
};

const LEVELS_MEAN =
  'Price and amount, best first; then the number of orders where the exchange tells it, and the period in days in books of funding. With `level=order` orders by their ids, the first in the queue first.';

/** The best levels of a live book. */
export class BookDto {
  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ example: 'BTC/USDT' })
  readonly symbol: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly params: SubscriptionParams;

  @ApiPropertyOptional({ description: "The exchange's sequence that the book stands at." })
  readonly sequence?: ExchangeSequence;

  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' })
  readonly exchangeTime?: number;

  @ApiProperty({ description: 'Milliseconds since the epoch.' })
  readonly receivedAt: number;

  @ApiPropertyOptional({
    enum: ['id', 'time', 'arrival'],
    description: 'With `level=order`: who is first of the orders at one price.',
  })
  readonly queue?: QueueRule;

  @ApiProperty({ ...LEVELS, type: 'array', description: LEVELS_MEAN })
  readonly bids: readonly (BookLevel | BookOrder)[];

  @ApiProperty({ ...LEVELS, type: 'array', description: LEVELS_MEAN })
  readonly asks: readonly (BookLevel | BookOrder)[];
}

@ApiTags('book')
@Controller('v1/book')
export class BookController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'The best levels of a subscribed book that is live' })
  @ApiOkResponse({ type: BookDto })
  @ApiNotFoundResponse({ type: ApiError, description: 'Nobody has subscribed to this book.' })
  @ApiConflictResponse({ type: ApiError, description: 'Subscribed, but not live: see state and reason.' })
  async show(@Query() query: BookQuery): Promise<BookDto> {
    const params = query.params === undefined ? {} : readParams(query.params.split(','));
    const { exchange, symbol } = query;
    const request = this.stream.canonical({ exchange, channel: 'book', symbol, params });
    const view = subscribedView(this.stream, request, 'this book');
    await using handle = this.stream.subscribe(request);
    const book = view.data === 'live' ? handle.latest(query.depth ?? DEFAULT_DEPTH) : undefined;
    if (!book) throw notLive(view, 'BOOK_NOT_LIVE', 'The book');
    const { sequence, exchangeTime, receivedAt, bids, asks } = book;
    return {
      exchange,
      symbol: request.symbol,
      params: request.params ?? {},
      sequence,
      exchangeTime,
      receivedAt,
      ...(book.type === 'book-orders-snapshot' && { queue: book.queue }),
      bids,
      asks,
    };
  }
}
