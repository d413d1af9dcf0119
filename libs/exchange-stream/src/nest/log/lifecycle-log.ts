import { formatSubscription, type Clock, type PlatformStatusEvent } from '@exchange-stream/market-data';
import type { Logger } from '@nestjs/common';
import type {
  AccountView,
  ConnectionState,
  ConnectionView,
  FrameProblemKind,
  LifecycleEvent,
  SubscriptionDiff,
  SubscriptionView,
} from '../../engine/index.ts';
import { loggerOf } from './logger-of.ts';
import { andMore, ProblemThrottle } from './problem-throttle.ts';

const FRAME_PROBLEMS: Readonly<Record<FrameProblemKind, string>> = {
  unhandled: 'a frame that its adapter does not know',
  rejected: 'a row that breaks its own format',
  undecodable: 'a frame that cannot be decoded',
  unmatched: 'an answer that nobody waits for',
};

/** Beginning of a notice that is shown. */
const NOTICE_CHARACTERS = 200;

type PauseEvent = Extract<LifecycleEvent, { type: 'pause' }>;
type RotationEvent = Extract<LifecycleEvent, { type: 'rotation' }>;

/**
 * Tells the application's log what happens to connections and subscriptions. `error`: somebody has to do something, in
 * code or configuration, or data that is wanted does not come. `warn`: something is missing and will come back by itself.
 * `log`: worth knowing of a healthy service. `debug` and `verbose`: for who looks for something.
 */
export class LifecycleLog {
  private readonly logger: Logger;
  private readonly throttle: ProblemThrottle;
  private readonly failed = new Set<string>();
  private readonly rejected = new Set<string>();

  constructor(instance: string, clock: Clock) {
    this.logger = loggerOf(instance);
    this.throttle = new ProblemThrottle(clock);
  }

  readonly write = (event: LifecycleEvent): void => {
    switch (event.type) {
      case 'exchange':
        return this.logger.log(
          event.change === 'disabled'
            ? `${event.exchange} was disabled: its connections close, its subscriptions wait until it is enabled`
            : `${event.exchange} was enabled: what is wanted of it comes back`,
        );
      case 'connection':
        return this.connection(event.connection, event.previous);
      case 'account':
        return this.account(event.account);
      case 'pause':
        return this.pause(event);
      case 'platform-status':
        return this.notice(event.notice);
      case 'subscription':
        return this.subscription(event.subscription);
      case 'rotation':
        return this.rotation(event);
      case 'illegal-transition':
        return this.logger.error(
          `${event.subscription} cannot go from ${event.from} to ${event.to} (${event.reason}): please report this`,
        );
      case 'instruments-loaded':
        return this.logger.log(`${event.exchange} lists ${event.count} instruments`);
      case 'instruments-recalled':
        return this.logger.warn(
          `${event.exchange} does not tell its instruments: the ${event.count} that it told an earlier process are taken until it does`,
        );
      case 'instruments-failed':
        return this.logger.warn(
          `The instruments of ${event.exchange} could not be loaded, next attempt in ${Math.round(event.retryInMs)} ms: ${event.error.message}`,
        );
      case 'defaults-changed':
        return this.defaults(event.exchange, event.diff);
      case 'seed-failed':
        return this.throttle.report(`seed ${event.exchange}`, (more) =>
          this.logger.warn(`No snapshot for ${event.subscription}: ${event.error.message}${more}`),
        );
      case 'frame-problem':
        return this.logger.warn(
          `${event.connection} sent ${FRAME_PROBLEMS[event.problem]}: ${event.detail}${andMore(event.suppressed)}`,
        );
      case 'consumer-failed':
        return this.throttle.report(`${event.consumer} ${event.subscription}`, (more) =>
          this.logger.error(
            `Consumer ${event.consumer} of ${event.subscription} failed: ${event.error.message}${more}`,
            event.error.stack,
          ),
        );
      case 'consumer-overdue':
        return this.throttle.report(`overdue ${event.consumer} ${event.subscription}`, (more) =>
          this.logger.error(
            `Consumer ${event.consumer} of ${event.subscription} has not finished with an event for ${Math.round(event.tookMs / 1000)} s; ${event.waiting} events wait for it${more}`,
          ),
        );
      case 'consumer-overflowed':
        return this.throttle.report(`overflowed ${event.consumer} ${event.subscription}`, (more) =>
          this.logger.warn(
            `Consumer ${event.consumer} of ${event.subscription} was too slow: ${event.lost} events are lost to it${more}`,
          ),
        );
      case 'listener-failed':
        return this.throttle.report(`listener ${event.listener}`, (more) =>
          this.logger.error(
            `Lifecycle listener ${event.listener} failed: ${event.error.message}${more}`,
            event.error.stack,
          ),
        );
      case 'listener-overdue':
        return this.throttle.report(`overdue listener ${event.listener}`, (more) =>
          this.logger.error(
            `Listener ${event.listener} has not finished for ${Math.round(event.tookMs / 1000)} s; ${event.waiting} events wait for it${more}`,
          ),
        );
      case 'listener-overflowed':
        return this.throttle.report(`overflowed listener ${event.listener}`, (more) =>
          this.logger.warn(
            `Listener ${event.listener} was too slow: ${event.lost} events are lost to it${more}`,
          ),
        );
      case 'inconsistency':
        return this.logger.error(
          `${event.subscription ?? event.connection} was found inconsistent (${event.kind}): ${event.found}; ${event.done}. Please report this`,
        );
      case 'events-lost':
        // Of a loop; this is none.
        return;
    }
  };

  private defaults(exchange: string, { added, released, unmatched, refused }: SubscriptionDiff): void {
    this.logger.log(
      `${exchange} lists other instruments; subscriptions by templates: ${added.length} added, ${released.length} released`,
    );
    for (const { reason } of refused) this.logger.warn(reason);
    for (const { channel, symbols } of unmatched) {
      this.logger.warn(`No symbol of ${exchange} is meant by ${channel} ${JSON.stringify(symbols)}`);
    }
  }

  private connection({ id, state, reason, failure }: ConnectionView, previous: ConnectionState): void {
    if (state === 'open') this.logger.log(`${id} is open`);
    else if (state === 'waiting' && previous === 'open') this.logger.warn(`${id} is lost: ${reason}`);
    // Nothing has gone wrong yet: it waits for the budget, or its URL.
    else if (state === 'waiting' && previous !== 'idle') this.logger.warn(`${id} waits: ${reason}`);
    else if (state === 'draining' && failure) this.logger.error(`${id} closes: ${reason}`);
    else this.logger.debug(`${id} is ${state}: ${reason}`);
  }

  private account({ exchange, account, state, reason }: AccountView): void {
    const line = `Account ${account} at ${exchange} is ${state}: ${reason}`;
    const key = `${exchange} ${account}`;
    if (state === 'rejected') {
      this.rejected.add(key);
      this.logger.error(line);
    } else if (state === 'authenticated' && this.rejected.delete(key)) this.logger.log(`${line} again`);
    else this.logger.debug(line);
  }

  private pause({ connection, change, reason }: PauseEvent): void {
    const line = `${connection} is ${change} by the exchange: ${reason}`;
    if (change === 'paused') this.logger.warn(line);
    else this.logger.log(line);
  }

  private notice({ exchange, state, text }: PlatformStatusEvent): void {
    const line = `${exchange} says of itself, ${state}: ${text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, NOTICE_CHARACTERS)}`;
    if (state === 'ongoing') this.logger.warn(line);
    else this.logger.log(line);
  }

  private rotation({ from, to, reason, outcome, seamless, tookMs, obstacle }: RotationEvent): void {
    const why = obstacle === undefined ? '' : `: ${obstacle}`;
    const line = `${from} ${outcome === 'incomplete' ? 'could not be' : 'was'} replaced by ${to} (${reason}): ${outcome}, ${seamless} subscriptions without a break, ${Math.round(tookMs)} ms${why}`;
    if (outcome === 'completed') this.logger.log(line);
    else if (outcome === 'cancelled') this.logger.debug(line);
    else this.logger.warn(line);
  }

  /** A failure is told once, however often the subscription reports while it lasts. */
  private subscription(view: SubscriptionView): void {
    if (view.state !== 'failed') {
      this.failed.delete(view.key);
      this.logger.verbose(`${formatSubscription(view)} is ${view.state} and ${view.data}: ${view.reason}`);
    } else if (!this.failed.has(view.key)) {
      this.failed.add(view.key);
      this.logger.error(`${formatSubscription(view)} failed (${view.failure ?? 'unknown'}): ${view.reason}`);
    }
  }
}
