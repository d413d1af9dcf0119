import { Injectable } from '@nestjs/common';
import { ExchangeStreamService, type LifecycleEvent } from '@exchange-stream/nestjs';
import { filter, map, type Observable } from 'rxjs';

@Injectable()
export class ConnectionAlarm {
  /** What somebody should be woken for; completes when the stream closes. */
  readonly alarms: Observable<string>;

  constructor(stream: ExchangeStreamService) {
    this.alarms = stream.observeLifecycle().pipe(
      map((event) => this.describe(event)),
      filter((alarm) => alarm !== undefined),
    );
  }

  private describe(event: LifecycleEvent): string | undefined {
    switch (event.type) {
      case 'connection':
        return event.previous === 'open' && event.connection.state === 'waiting'
          ? `${event.connection.id} is lost: ${event.connection.reason}`
          : undefined;
      case 'subscription':
        return event.subscription.state === 'failed' ? event.subscription.reason : undefined;
      case 'inconsistency':
        return `${event.subscription ?? event.connection}: ${event.found}; ${event.done}`;
      default:
        return undefined;
    }
  }
}
