import type { Clock } from '@exchange-stream/market-data';
import type { Logger } from '@nestjs/common';
import type { HandlerCall } from '../handler/handler-call.ts';
import type { LaneKey } from '../handler/lane-map.ts';
import type { HandlerProblems } from '../handler/provider-handlers.ts';
import { loggerOf } from './logger-of.ts';
import { ProblemThrottle } from './problem-throttle.ts';

/** Logs what goes wrong in decorated handlers, once a minute and method: a broken handler fails with every event. */
export class HandlerLog implements HandlerProblems {
  private readonly logger: Logger;
  private readonly throttle: ProblemThrottle;

  constructor(instance: string, clock: Clock) {
    this.logger = loggerOf(instance);
    this.throttle = new ProblemThrottle(clock);
  }

  failed({ name }: HandlerCall, error: unknown): void {
    this.throttle.report(`failed ${name}`, (more) => {
      const { message, stack } =
        error instanceof Error ? error : { message: String(error), stack: undefined };
      this.logger.error(`${name} failed: ${message}${more}`, stack);
    });
  }

  overflowed(provider: string, { exchange, channel, symbol }: LaneKey, lost: number): void {
    this.throttle.report(`overflowed ${provider} ${exchange} ${channel} ${symbol}`, (more) =>
      this.logger.warn(
        `The handlers of ${provider} fell behind ${exchange} ${channel} ${symbol}: ${lost} events were given up${more}`,
      ),
    );
  }
}
