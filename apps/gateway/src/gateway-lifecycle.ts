import { Injectable } from '@nestjs/common';

/** Whether the gateway should be given work: `starting` until it listens, `draining` once it is told to stop. */
export type GatewayPhase = 'starting' | 'serving' | 'draining';

@Injectable()
export class GatewayLifecycle {
  private current: GatewayPhase = 'starting';

  get phase(): GatewayPhase {
    return this.current;
  }

  serve(): void {
    if (this.current === 'starting') this.current = 'serving';
  }

  drain(): void {
    this.current = 'draining';
  }
}
