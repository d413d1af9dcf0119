import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { GatewayLifecycle } from '../gateway-lifecycle.ts';

/** Whether this process should be given work. */
@Injectable()
export class GatewayHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: GatewayLifecycle,
  ) {}

  check<const Key extends string>(key: Key): HealthIndicatorResult<Key> {
    const { phase } = this.lifecycle;
    const indicator = this.indicators.check(key);
    return phase === 'serving' ? indicator.up({ phase }) : indicator.down({ phase });
  }
}
