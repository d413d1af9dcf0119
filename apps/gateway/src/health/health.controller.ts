import { Controller, Get } from '@nestjs/common';
import {
  ExchangeStream,
  InjectExchangeStream,
  reportHealth,
  reportHealthInDetail,
  type HealthDetail,
  type HealthReport,
} from '@exchange-stream/nestjs';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus';
import { GatewayConfig } from '../config/gateway-config.ts';
import { GatewayHealthIndicator } from './gateway.health.ts';

/** Health of an exchange in a line. */
interface ExchangeLine {
  readonly status: string;
  readonly reason: string;
}

/** What was disabled is as it should be. */
function isWell({ status }: HealthReport): boolean {
  return status === 'up' || status === 'disabled';
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly gateway: GatewayHealthIndicator,
    private readonly exchanges: ExchangeStreamHealthIndicator,
    private readonly config: GatewayConfig,
    @InjectExchangeStream() private readonly stream: ExchangeStream,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the event loop turns: restart the process when this does not answer' })
  @ApiOkResponse()
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary:
      'Whether to send clients here. An exchange that is down degrades, and no more, unless READINESS asks',
  })
  @ApiOkResponse({ description: 'status is ok or degraded; exchanges says why.' })
  @ApiServiceUnavailableResponse({
    description: 'Starting, draining before the stop, or READINESS is not met.',
  })
  async ready(): Promise<HealthCheckResult & { readonly exchanges: Readonly<Record<string, ExchangeLine>> }> {
    const result = await this.health.check([() => this.gateway.check('gateway'), ...this.demanded()]);
    const report = reportHealth(this.stream, this.stream.platform.clock.now());
    const exchanges = Object.fromEntries(
      report.exchanges.map(({ exchange, status, reason }) => [exchange, { status, reason }]),
    );
    return { ...result, status: isWell(report) ? 'ok' : 'degraded', exchanges };
  }

  @Get('detail')
  @ApiOperation({ summary: 'How each exchange, connection and subscription does, in words' })
  @ApiOkResponse({
    description: 'Each has a status (up, degraded, down, disabled) and a reason. No URL, no credential.',
  })
  detail(): HealthDetail {
    return reportHealthInDetail(this.stream, this.stream.platform.clock.now());
  }

  @Get('exchanges')
  @ApiOperation({ summary: 'How each exchange does, in words' })
  @ApiOkResponse()
  @ApiServiceUnavailableResponse({ description: 'An exchange is down, and not because it was disabled.' })
  show(): Promise<HealthCheckResult> {
    return this.health.check(
      this.stream.exchanges.map(
        (exchange) => () => this.exchanges.check(exchange, { exchanges: [exchange], policy: 'all' }),
      ),
    );
  }

  /** What the configuration asks of the exchanges. */
  private demanded(): (() => HealthIndicatorResult)[] {
    const { readiness, readinessCritical } = this.config;
    if (readiness === 'gateway') return [];
    const policy = readiness === 'critical' ? { critical: readinessCritical } : readiness;
    return [() => this.exchanges.check('exchanges', { policy })];
  }
}
