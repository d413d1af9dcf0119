import {
  INSTRUMENT_KINDS,
  type Channel,
  type InstrumentKind,
  type ParamValue,
} from '@exchange-stream/market-data';
import type { HealthStatus } from '@exchange-stream/nestjs';
import type { ParamDeclaration } from '@exchange-stream/nestjs/contract';
import {
  BUDGETS,
  LOGIN_STATES,
  type AccountView,
  type AuthenticatedUse,
  type BudgetView,
  type EndpointView,
  type LoginCounts,
  type LoginState,
} from '@exchange-stream/nestjs/engine';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const SCALAR = { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

export class ParamDto {
  @ApiProperty({ example: 'interval' })
  readonly name: string;

  @ApiProperty({ example: 'Length of a candle.' })
  readonly description: string;

  @ApiProperty({ type: 'array', items: SCALAR, example: ['1m', '5m', '1h'] })
  readonly values: readonly ParamValue[];

  @ApiPropertyOptional({
    description: 'What it takes beside these values.',
    example: 'any whole number to 5000',
  })
  readonly also?: string;

  @ApiPropertyOptional({ ...SCALAR, description: 'What an absent parameter means.' })
  readonly default?: ParamValue;

  @ApiProperty()
  readonly required: boolean;

  @ApiPropertyOptional({
    enum: INSTRUMENT_KINDS,
    isArray: true,
    description: 'Kinds of instruments that have it, where not all that have the channel do.',
  })
  readonly kinds?: readonly InstrumentKind[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { values: { type: 'array', items: SCALAR }, default: SCALAR },
      required: ['values'],
    },
    example: { option: { values: [25, 100], default: 25 } },
    description: 'By kind of instrument: what it takes there, in place of the general values and default.',
  })
  readonly perKind?: ParamDeclaration['perKind'];
}

export class ChannelDto {
  @ApiProperty({ example: 'candles' })
  readonly channel: Channel;

  @ApiProperty({ type: [ParamDto] })
  readonly params: readonly ParamDto[];
}

export class ExchangeHealthDto {
  @ApiProperty({ enum: ['up', 'degraded', 'down', 'disabled'] })
  readonly status: HealthStatus;

  @ApiProperty({ example: '3 of 3 subscriptions served' })
  readonly reason: string;
}

/** The connections to one endpoint, and how they are filled. */
export class EndpointDto implements EndpointView {
  @ApiProperty({ example: 'public' })
  readonly endpoint: string;

  @ApiProperty({ example: 'public' })
  readonly kind: EndpointView['kind'];

  @ApiPropertyOptional({ description: 'Whose they are, where they log in: the name of the account.' })
  readonly account?: string;

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

/** How far a limit of the exchange is used at this moment. */
export class BudgetDto implements BudgetView {
  @ApiProperty({
    enum: BUDGETS,
    description:
      'Connection attempts and REST requests by address, messages by connection (the busiest one), and by address where the exchange counts them so.',
  })
  readonly budget: BudgetView['budget'];

  @ApiProperty({ description: 'Part of the safe limit that is used, of the fullest window: from 0 to 1.' })
  readonly used: number;

  @ApiProperty({ description: 'What waits until there is room.' })
  readonly waiting: number;
}

/** How logins have ended. */
export class LoginCountsDto implements LoginCounts {
  @ApiProperty()
  readonly accepted: number;

  @ApiProperty({
    description: 'The exchange does not take the credentials, be it for a login, a token or a call.',
  })
  readonly refused: number;

  @ApiProperty({ description: 'For now, without an answer to that, or before one.' })
  readonly failed: number;
}

/** Whether what wants a login can be used. */
export class AuthenticatedUseDto implements Pick<AuthenticatedUse, 'canUse' | 'reason'> {
  @ApiProperty({ description: 'With credentials that nobody has tried yet, it can.' })
  readonly canUse: boolean;

  @ApiProperty({ description: 'Why, or why not.', example: 'logged in' })
  readonly reason: string;
}

/** An account at the exchange, and whether the exchange takes its credentials. */
export class AccountDto implements AccountView {
  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ example: 'default' })
  readonly account: string;

  @ApiProperty({
    enum: LOGIN_STATES,
    description:
      'none: nobody has tried. rejected: not shown to the exchange again until the credentials change.',
  })
  readonly state: LoginState;

  @ApiProperty({ description: 'Milliseconds since the epoch.' })
  readonly since: number;

  @ApiProperty({ example: 'logged in' })
  readonly reason: string;

  @ApiProperty({ description: 'Connections that are logged in.' })
  readonly loggedIn: number;

  @ApiProperty({ type: LoginCountsDto, description: 'All logins since the start.' })
  readonly logins: LoginCountsDto;

  @ApiProperty({ type: AuthenticatedUseDto, description: 'Whether what wants a login can be used.' })
  readonly authenticated: AuthenticatedUseDto;
}

/** An exchange and what it offers, as its adapter declares it. */
export class ExchangeDto {
  @ApiProperty({ example: 'binance' })
  readonly id: string;

  @ApiProperty({ example: 'Binance Spot' })
  readonly name: string;

  @ApiProperty({ description: 'Whether it is talked to.' })
  readonly enabled: boolean;

  @ApiProperty({ description: 'Connections there are, in whatever state, user-defined ones included.' })
  readonly connectionCount: number;

  @ApiProperty({ description: 'Topics that still fit on them; beyond, further ones are opened.' })
  readonly availableCapacity: number;

  @ApiProperty({ type: [EndpointDto] })
  readonly endpoints: readonly EndpointDto[];

  @ApiProperty({ type: [BudgetDto] })
  readonly budgets: readonly BudgetDto[];

  @ApiProperty({
    type: [AccountDto],
    description: 'Those of the configuration, and those that were asked for.',
  })
  readonly accounts: readonly AccountDto[];

  @ApiProperty({ type: [ChannelDto] })
  readonly channels: readonly ChannelDto[];

  @ApiProperty({ type: ExchangeHealthDto })
  readonly health: ExchangeHealthDto;
}
