import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly exchanges: ExchangeStreamHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.exchanges.check('exchanges', { policy: 'all' })]);
  }
}

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [ExchangeStreamHealthIndicator],
})
export class HealthModule {}
