import type { Clock, Instrument, Timer } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';

/** How long a halt is believed that nobody could take back any more: time enough to connect and to be told again. */
const DOUBTED_FOR_MS = 60_000;

interface Halt {
  readonly reason: string;
  /** Connections that have told of it, and would tell of its end. */
  readonly tellers: Set<string>;
  doubt: Timer | undefined;
}

/** What market halts need from around them. */
export interface MarketHaltsEnvironment {
  readonly clock: Clock;
  /** All subscriptions of the exchange. */
  subscriptions(): Iterable<Subscription>;
  /** Asks for a subscription's topic again. */
  renew(subscription: Subscription, reason: string): void;
}

/**
 * Markets that the exchange has stopped. A halt is known as long as a connection that told of it is there to tell of its
 * end. Without one it is doubted: data ends it then, and so does a minute in which the exchange does not say it again.
 */
export class MarketHalts {
  /** By native symbol. */
  private readonly halts = new Map<string, Halt>();

  constructor(private readonly environment: MarketHaltsEnvironment) {}

  /** A connection tells that the market has stopped. */
  halted(nativeSymbol: string, reason: string, connection: string): void {
    const tellers = this.halts.get(nativeSymbol)?.tellers ?? new Set();
    this.forget(nativeSymbol);
    this.halts.set(nativeSymbol, { reason, tellers: tellers.add(connection), doubt: undefined });
    for (const { flow } of this.subscribed(nativeSymbol)) flow.presence.marketHalted(reason);
  }

  /** The market has opened. */
  opened(nativeSymbol: string, reason: string): void {
    this.forget(nativeSymbol);
    for (const subscription of this.subscribed(nativeSymbol)) {
      const { place, flow, state } = subscription;
      flow.presence.marketOpened(reason, state === 'subscribed');
      // Its whole book comes with the subscription and not by itself.
      if (place?.book?.kind === 'linked' && place.book.seed === 'stream')
        this.environment.renew(subscription, reason);
    }
  }

  /** A connection tells of no market any more: its socket is gone or paused. */
  lost(connection: string): void {
    for (const nativeSymbol of [...this.halts.keys()]) this.withdraw(nativeSymbol, connection);
  }

  /** A connection has let go of a subscription; without any of that market it hears nothing of it. */
  left(connection: string, nativeSymbol: string): void {
    for (const subscription of this.subscribed(nativeSymbol))
      if (subscription.connection === connection) return;
    this.withdraw(nativeSymbol, connection);
  }

  /** Tells a subscription whether its market stands still: what does is not waited for, nor asked for again and again. */
  tell({ flow }: Subscription, { nativeSymbol, status }: Instrument): void {
    const halt = this.halts.get(nativeSymbol);
    if (halt) {
      flow.presence.marketHalted(halt.reason);
      if (halt.doubt) flow.presence.haltDoubted();
    } else if (status !== 'trading')
      flow.presence.listedAsHalted(`the exchange lists ${nativeSymbol} as ${status}`);
  }

  /** The exchange has told its instruments: what trades is not halted, unless a connection knows better. */
  listed(find: (symbol: string) => Instrument | undefined): void {
    const open = new Set<string>();
    for (const { place, flow } of this.environment.subscriptions()) {
      const nativeSymbol = place?.instrument.nativeSymbol;
      if (nativeSymbol === undefined || !flow.presence.isHalted || this.isKnown(nativeSymbol)) continue;
      if (find(nativeSymbol)?.status === 'trading') open.add(nativeSymbol);
    }
    for (const nativeSymbol of open)
      this.opened(nativeSymbol, `the exchange lists ${nativeSymbol} as trading`);
  }

  /** Whether a market is known to stand still, be it doubted. */
  has(nativeSymbol: string): boolean {
    return this.halts.has(nativeSymbol);
  }

  /** Ends all waiting. */
  stop(): void {
    for (const nativeSymbol of [...this.halts.keys()]) this.forget(nativeSymbol);
  }

  private isKnown(nativeSymbol: string): boolean {
    const halt = this.halts.get(nativeSymbol);
    return halt !== undefined && halt.doubt === undefined;
  }

  private withdraw(nativeSymbol: string, connection: string): void {
    const halt = this.halts.get(nativeSymbol);
    if (!halt?.tellers.delete(connection) || halt.tellers.size > 0) return;
    halt.doubt = this.environment.clock.after(DOUBTED_FOR_MS, () =>
      this.opened(nativeSymbol, 'who told of the halt is gone, and nobody has told of it again'),
    );
    for (const { flow } of this.subscribed(nativeSymbol)) flow.presence.haltDoubted();
  }

  private forget(nativeSymbol: string): void {
    this.halts.get(nativeSymbol)?.doubt?.cancel();
    this.halts.delete(nativeSymbol);
  }

  private subscribed(nativeSymbol: string): Subscription[] {
    return [...this.environment.subscriptions()].filter(
      ({ place, request }) => request.channel !== 'raw' && place?.instrument.nativeSymbol === nativeSymbol,
    );
  }
}
