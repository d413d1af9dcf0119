import { Controller, Get } from '@nestjs/common';
import { ExchangeStream, InjectExchangeStream, reportHealth } from '@exchange-stream/nestjs';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { GatewayHealthIndicator } from './gateway.health.ts';

/** Health of an exchange in a line. */
interface ExchangeLine {
  readonly status: string;
  readonly reason: string;
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly gateway: GatewayHealthIndicator,
    private readonly exchanges: ExchangeStreamHealthIndicator,
    @InjectExchangeStream() private readonly stream: ExchangeStream,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the event loop turns: restart the process when this does not answer' })
  @ApiOkResponse()
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether to send clients here. An exchange that is down degrades, and no more' })
  @ApiOkResponse({ description: 'status is ok or degraded; exchanges says why.' })
  @ApiServiceUnavailableResponse({ description: 'Starting, or draining before the stop.' })
  async ready(): Promise<HealthCheckResult & { readonly exchanges: Readonly<Record<string, ExchangeLine>> }> {
    const result = await this.health.check([() => this.gateway.check('gateway')]);
    const report = reportHealth(this.stream, this.stream.platform.clock.now());
    const exchanges = Object.fromEntries(
      report.exchanges.map(({ exchange, status, reason }) => [exchange, { status, reason }]),
    );
    return { ...result, status: report.status === 'up' ? 'ok' : 'degraded', exchanges };
  }

  @Get('exchanges')
  @ApiOperation({ summary: 'How each exchange does, in words' })
  @ApiOkResponse()
  @ApiServiceUnavailableResponse({ description: 'An exchange is down.' })
  show(): Promise<HealthCheckResult> {
    return this.health.check(
      this.stream.exchanges.map(
        (exchange) => () => this.exchanges.check(exchange, { exchanges: [exchange], policy: 'all' }),
      ),
    );
  }
}
