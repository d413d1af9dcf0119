import type { AnyRequest, Channel } from '@exchange-stream/market-data';
import { Observable, Subject, takeUntil } from 'rxjs';
import { ExchangeStream, type LifecycleEvent, type SubscriptionEvent } from '../engine/index.ts';

/** The engine as Nest injects it: everything an `ExchangeStream` can do, and observables. */
export class ExchangeStreamService extends ExchangeStream {
  private readonly closed = new Subject<void>();

  /**
   * The events of a subscription as a cold observable: it subscribes when it is subscribed to, begins with the last
   * value and the present status, and lets go on unsubscribe. Errors with `SubscriptionRequestError` when the request cannot be
   * met; completes when the stream closes.
   */
  observe<C extends Channel>(request: AnyRequest<C>): Observable<SubscriptionEvent<C>> {
    return new Observable<SubscriptionEvent<C>>((subscriber) => {
      const handle = this.subscribe(request);
      const stop = handle.on((event) => subscriber.next(event), { name: 'observable' });
      return () => {
        stop();
        void handle.unsubscribe();
      };
    }).pipe(takeUntil(this.closed));
  }

  /** What happens to connections and subscriptions, from now on; completes when the stream closes. */
  observeLifecycle(): Observable<LifecycleEvent> {
    return new Observable<LifecycleEvent>((subscriber) =>
      this.onLifecycle((event) => subscriber.next(event), { name: 'observable' }),
    ).pipe(takeUntil(this.closed));
  }

  override async close(): Promise<void> {
    await super.close();
    this.closed.next();
  }
}
