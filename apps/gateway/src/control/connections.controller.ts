import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  nearest,
  type ConnectionFailure,
  type ConnectionManager,
  type ConnectionState,
  type ConnectionView,
  LOGIN_STATES,
  type LoginState,
  type UndecodableFrame,
} from '@exchange-stream/nestjs/engine';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ApiError } from './api-error.ts';
import { ControlError } from './control-error.ts';

const CONNECTION_STATES = ['idle', 'connecting', 'authenticating', 'open', 'draining', 'waiting', 'closed'];

const FAILURE_KINDS = ['dns', 'refused', 'tls', 'http-status', 'timeout', 'protocol', 'login', 'url'];

/** How a handshake, or the login behind it, failed. */
export class ConnectionFailureDto implements ConnectionFailure {
  @ApiProperty({ enum: FAILURE_KINDS })
  readonly kind: ConnectionFailure['kind'];

  @ApiPropertyOptional({ description: 'HTTP status, with http-status.' })
  readonly status?: number;

  @ApiPropertyOptional({ description: "The exchange's own code, with login." })
  readonly code?: string;
}

/** A frame that could not be decoded. */
export class UndecodableFrameDto implements UndecodableFrame {
  @ApiProperty({ description: 'When it came, milliseconds since the epoch.' })
  readonly receivedAt: number;

  @ApiProperty({ description: 'What was stumbled over.' })
  readonly problem: string;

  @ApiProperty({ description: 'Beginning of the frame, redacted.' })
  readonly beginning: string;
}

/** A connection to an exchange as it stands. */
export class ConnectionDto implements ConnectionView {
  @ApiProperty({ example: 'binance/public/1' })
  readonly id: string;

  @ApiProperty({ example: 'binance' })
  readonly exchange: string;

  @ApiProperty({ example: 'public' })
  readonly endpoint: string;

  @ApiPropertyOptional({ description: 'Whose it is, where it logs in: the name of the account.' })
  readonly account?: string;

  @ApiPropertyOptional({ enum: LOGIN_STATES, description: 'How far its login has come, where it logs in.' })
  readonly login?: LoginState;

  @ApiProperty({ example: 'wss://stream.binance.com:9443/stream' })
  readonly url: string;

  @ApiPropertyOptional({
    description: 'Host and port of the proxy dialled through; absent on the direct way.',
    example: 'proxy.internal:3128',
  })
  readonly proxy?: string;

  @ApiProperty({ enum: CONNECTION_STATES })
  readonly state: ConnectionState;

  @ApiProperty({ description: 'Milliseconds since the epoch.' })
  readonly since: number;

  @ApiProperty({ description: 'Why it is in this state.' })
  readonly reason: string;

  @ApiPropertyOptional({ description: 'How the last handshake or login failed, until one succeeds.' })
  readonly failure?: ConnectionFailureDto;

  @ApiProperty({ description: 'Connection attempts since it was last healthy.' })
  readonly attempts: number;

  @ApiProperty({ description: 'How often it came back after it was lost.' })
  readonly reconnects: number;

  @ApiProperty({ description: 'Topics that should be on it.' })
  readonly topics: number;

  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' })
  readonly openedAt?: number;

  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' })
  readonly lastFrameAt?: number;

  @ApiPropertyOptional({
    description: 'Milliseconds that the last ping took to be answered, on the present socket.',
  })
  readonly roundTripMs?: number;

  @ApiPropertyOptional({ description: 'The longest that one took there.' })
  readonly roundTripMaxMs?: number;

  @ApiProperty()
  readonly frames: number;

  @ApiProperty()
  readonly bytes: number;

  @ApiPropertyOptional({
    type: () => [UndecodableFrameDto],
    description: 'The newest frames that could not be decoded, oldest first.',
  })
  readonly undecodableFrames?: readonly UndecodableFrameDto[];
}

/** Which connection. */
export class ConnectionBody {
  @ApiProperty({ example: 'binance/public/1', description: 'Id, as GET /v1/connections shows it.' })
  @IsNotEmpty()
  @IsString()
  @MaxLength(160)
  readonly connection: string;
}

@ApiTags('connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

  @Get()
  @ApiOperation({ summary: 'Every connection to an exchange as it stands' })
  @ApiOkResponse({ type: [ConnectionDto] })
  list(): ConnectionDto[] {
    return this.stream.connections();
  }

  @Post('recycle')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Give a connection a fresh socket, as after a loss' })
  @ApiOkResponse({ type: ConnectionDto, description: 'It is dialled anew, within the limits.' })
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'There is no such connection.' })
  @ApiConflictResponse({ type: ApiError, description: 'It has no open socket.' })
  recycle(@Body() { connection }: ConnectionBody): ConnectionDto {
    const { manager, view } = this.find(connection);
    if (!isUp(view)) throw notOpen(view);
    manager.recycle(connection, 'asked for over REST');
    return this.find(connection).view;
  }

  @Post('rotate')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    summary: 'Replace a connection by a fresh one, which is subscribed before the old one closes',
  })
  @ApiAcceptedResponse({ type: ConnectionDto, description: 'Its replacement is under way.' })
  @ApiBadRequestResponse({ type: ApiError })
  @ApiNotFoundResponse({ type: ApiError, description: 'There is no such connection.' })
  @ApiConflictResponse({ type: ApiError, description: 'It is not open, or nobody knows how to replace it.' })
  rotate(@Body() { connection }: ConnectionBody): ConnectionDto {
    const { manager, view } = this.find(connection);
    if (view.state !== 'open') throw notOpen(view);
    if (manager.rotate(connection)) return view;
    const message = `${connection} is user-defined and cannot be rotated; POST /v1/connections/recycle dials it anew.`;
    throw new ControlError(HttpStatus.CONFLICT, 'CANNOT_ROTATE', message);
  }

  private find(connection: string): { manager: ConnectionManager; view: ConnectionView } {
    const ids: string[] = [];
    for (const exchange of this.stream.exchanges) {
      const manager = this.stream.manager(exchange);
      for (const view of manager.connections()) {
        if (view.id === connection) return { manager, view };
        ids.push(view.id);
      }
    }
    const [suggestion] = nearest(connection, ids);
    const hint =
      suggestion === undefined ? 'GET /v1/connections lists them.' : `Did you mean "${suggestion}"?`;
    const message = `There is no connection ${JSON.stringify(connection)}. ${hint}`;
    throw new ControlError(HttpStatus.NOT_FOUND, 'UNKNOWN_CONNECTION', message);
  }
}

function isUp({ state }: ConnectionView): boolean {
  return state === 'open' || state === 'authenticating';
}

function notOpen({ id, state, reason }: ConnectionView): ControlError {
  const message = `${id} is ${state} (${reason}): it has no open socket to replace.`;
  return new ControlError(HttpStatus.CONFLICT, 'CONNECTION_NOT_OPEN', message, { state });
}
