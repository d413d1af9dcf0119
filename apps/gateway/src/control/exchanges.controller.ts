import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { isPublicChannel } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream, judgeExchange } from '@exchange-stream/nestjs';
import { channelsOf, type AccountView, type AuthenticatedUse } from '@exchange-stream/nestjs/engine';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ApiError } from './api-error.ts';
import { CapabilitiesDto } from './capabilities.dto.ts';
import { ExchangeDto, type AccountDto, type ChannelDto } from './exchange.dto.ts';

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

  @Get(':exchange/capabilities')
  @ApiOperation({ summary: 'What can be had of an exchange: channels, endpoints with their limits, REST' })
  @ApiOkResponse({ type: CapabilitiesDto })
  @ApiNotFoundResponse({ type: ApiError, description: 'Unknown exchange.' })
  capabilities(@Param('exchange') exchange: string): CapabilitiesDto {
    return this.stream.capabilities(exchange);
  }

  private show(id: string): ExchangeDto {
    const manager = this.stream.manager(id);
    const { adapter, enabled, connectionCount, availableCapacity } = manager;
    const accounts = manager.accounts();
    const { status, reason } = judgeExchange(
      id,
      manager.connections(),
      manager.subscriptions(),
      enabled,
      accounts,
    );
    return {
      id,
      name: adapter.name,
      enabled,
      connectionCount,
      availableCapacity,
      endpoints: manager.endpoints(),
      budgets: manager.budgets(),
      accounts: accounts.map((view) => accountDto(view, manager.canUseAuthenticated(view.account))),
      channels: this.channels(id, adapter),
      health: { status, reason },
    };
  }

  private channels(id: string, adapter: ExchangeAdapter): ChannelDto[] {
    const { channels } = this.stream.capabilities(id);
    return channelsOf(adapter)
      .filter(isPublicChannel)
      .map((channel) => ({
        channel,
        // Raw topics say everything themselves.
        params: channels.find((one) => one.channel === channel)?.params ?? [],
      }));
  }
}

function accountDto(view: AccountView, { canUse, reason }: AuthenticatedUse): AccountDto {
  return { ...view, authenticated: { canUse, reason } };
}
