import { Controller, Get } from '@nestjs/common';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import type {
  ConnectionFailure,
  ConnectionState,
  ConnectionView,
  UndecodableFrame,
} from '@exchange-stream/nestjs/engine';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';

const CONNECTION_STATES = ['idle', 'connecting', 'authenticating', 'open', 'draining', 'waiting', 'closed'];

const FAILURE_KINDS = ['dns', 'refused', 'tls', 'http-status', 'timeout', 'protocol', 'login'];

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
}
