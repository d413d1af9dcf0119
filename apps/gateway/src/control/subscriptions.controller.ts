import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Post, Query, Res } from '@nestjs/common';
import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  ApiBadRequestResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { readParams } from '../config/param-text.ts';
import { ApiError } from './api-error.ts';
import { ControlError } from './control-error.ts';
import { ControlSubscriptions } from './control-subscriptions.ts';
import { subscriptionDto, SubscriptionDto } from './subscription-view.dto.ts';
import { ReleaseBody, ReleaseQuery, SubscriptionBody } from './subscription.dto.ts';

@ApiTags('subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly control: ControlSubscriptions,
    @InjectExchangeStream() private readonly stream: ExchangeStream,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every subscription as it stands, whoever holds it' })
  @ApiOkResponse({ type: [SubscriptionDto] })
  list(): SubscriptionDto[] {
    return this.stream.subscriptions().map((view) => subscriptionDto(view, this.control.holds(view.key)));
  }

  @Post()
  @ApiOperation({ summary: 'Hold a subscription until it is deleted' })
  @ApiCreatedResponse({ type: SubscriptionDto, description: 'REST holds it now.' })
  @ApiOkResponse({ type: SubscriptionDto, description: 'REST held it already.' })
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'Unknown exchange or symbol.' })
  add(@Body() body: SubscriptionBody, @Res({ passthrough: true }) response: Response): SubscriptionDto {
    const { symbol = '', ...others } = body;
    const { created, view } = this.control.add({ ...others, symbol });
    response.status(created ? HttpStatus.CREATED : HttpStatus.OK);
    return subscriptionDto(view, true);
  }

  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Release what REST holds, named in the body or in the query' })
  @ApiNoContentResponse()
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'REST holds no such subscription.' })
  async remove(@Query() query: ReleaseQuery, @Body() body?: ReleaseBody): Promise<void> {
    const wanted = body !== undefined && Object.keys(body).length > 0 ? wantedBy(body) : wantedByQuery(query);
    if (await this.control.remove(wanted)) return;
    const message =
      'REST holds no such subscription; what the feed or the configuration holds, REST cannot release.';
    throw new ControlError(HttpStatus.NOT_FOUND, 'NOT_SUBSCRIBED', message);
  }
}

function wantedByQuery({ params, ...query }: ReleaseQuery): SubscriptionRequest | string {
  const wanted = wantedBy(query);
  if (typeof wanted === 'string' || params === undefined) return wanted;
  return { ...wanted, params: readParams(params.split(',')) };
}

function wantedBy({ key, exchange, channel, symbol, params }: ReleaseBody): SubscriptionRequest | string {
  if (key !== undefined) return key;
  const isNamed = symbol !== undefined || channel === 'status';
  if (exchange === undefined || channel === undefined || !isNamed) {
    const message = 'Name the subscription by key, or by exchange, channel, symbol and params.';
    throw new ControlError(HttpStatus.BAD_REQUEST, 'BAD_REQUEST', message);
  }
  return { exchange, channel, symbol: symbol ?? '', ...(params && { params }) };
}
