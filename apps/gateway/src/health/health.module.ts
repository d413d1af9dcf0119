import { Module } from '@nestjs/common';
import { ExchangeStreamHealthIndicator } from '@exchange-stream/nestjs/health';
import { TerminusModule } from '@nestjs/terminus';
import { GatewayHealthIndicator } from './gateway.health.ts';
import { HealthController } from './health.controller.ts';

@Module({
  // Without a log of its own: whoever asks for health is told, and it is no error of the gateway.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ExchangeStreamHealthIndicator, GatewayHealthIndicator],
})
export class HealthModule {}
