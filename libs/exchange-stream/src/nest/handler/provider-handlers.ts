import type { Channel, MarketEvent, StatusEvent } from '@exchange-stream/market-data';
import type { ExchangeStream, SubscriptionView } from '../../engine/index.ts';
import type { HandlerBinding } from './handler-binding.ts';
import type { HandlerCall } from './handler-call.ts';
import { HandlerLane } from './handler-lane.ts';
import { LaneMap, type LaneKey } from './lane-map.ts';

/** How the handlers of one provider keep up with one subscription. */
export interface HandlerLaneView {
  readonly provider: string;
  readonly exchange: string;
  readonly channel: Channel;
  readonly symbol: string;
  /** Events that wait for an asynchronous handler. */
  readonly waiting: number;
  /** Events given up because too many waited. */
  readonly lost: number;
}

/** What becomes of a handler's troubles. */
export interface HandlerProblems {
  failed(call: HandlerCall, error: unknown): void;
  overflowed(provider: string, key: LaneKey, lost: number): void;
}

/** All handlers of one provider on one instance, and the order in which they see events. */
export class ProviderHandlers {
  private readonly bindings: HandlerBinding[] = [];
  private readonly lanes: LaneMap;
  private stops: readonly (() => void)[] = [];

  constructor(
    readonly provider: string,
    private readonly stream: ExchangeStream,
    private readonly capacity: number,
    private readonly problems: HandlerProblems,
  ) {
    this.lanes = new LaneMap((key) => this.createLane(key));
  }

  add(binding: HandlerBinding): void {
    this.bindings.push(binding);
  }

  attach(): void {
    this.stops = this.bindings.map((binding) => binding.attach((event) => this.deliver(binding, event)));
  }

  detach(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
    for (const { lane } of this.lanes.all()) lane.close();
  }

  views(): HandlerLaneView[] {
    const { provider } = this;
    return this.lanes.all().map(({ key: { exchange, channel, symbol }, lane: { waiting, lost } }) => ({
      provider,
      exchange,
      channel,
      symbol,
      waiting,
      lost,
    }));
  }

  private deliver(binding: HandlerBinding, event: MarketEvent): void {
    this.lanes.of(event).deliver(binding.call, event);
  }

  private createLane(key: LaneKey): HandlerLane {
    return new HandlerLane(
      this.capacity,
      (call, error) => this.problems.failed(call, error),
      (lost) => {
        this.problems.overflowed(this.provider, key, lost);
        this.resume(key, lost);
      },
    );
  }

  /** After a loss: tells of it, then starts again from the last value and the present status, as a new consumer would. */
  private resume(key: LaneKey, lost: number): void {
    for (const view of this.stream.subscriptions()) {
      const bindings = this.bindings.filter((binding) => binding.covers(view));
      if (!isOfLane(view, key) || view.references === 0 || bindings.length === 0) continue;
      const deliver = (event: MarketEvent): void => {
        for (const binding of bindings) if (binding.takes(event)) this.deliver(binding, event);
      };
      deliver(this.gap(key, view.key, lost));
      this.replay(view, bindings, deliver);
    }
  }

  private replay(
    { exchange, channel, symbol, params }: SubscriptionView,
    bindings: readonly HandlerBinding[],
    deliver: (event: MarketEvent) => void,
  ): void {
    const options = { name: this.provider };
    const held = bindings.find(({ handle }) => handle)?.handle;
    if (held) {
      held.on(deliver, options)();
      return;
    }
    const borrowed = this.stream.subscribe({ exchange, channel, symbol, params });
    borrowed.on(deliver, options)();
    void borrowed.unsubscribe();
  }

  private gap(key: LaneKey, subscription: string, lost: number): StatusEvent {
    return {
      type: 'status',
      ...key,
      receivedAt: this.stream.platform.clock.now(),
      subscription,
      state: 'gap',
      reason: `${lost} events were given up because the handlers of ${this.provider} fell behind`,
    };
  }
}

function isOfLane(view: SubscriptionView, { exchange, channel, symbol, nativeSymbol }: LaneKey): boolean {
  const isSameSymbol = view.symbol === symbol || view.nativeSymbol === nativeSymbol;
  return view.exchange === exchange && view.channel === channel && isSameSymbol;
}
