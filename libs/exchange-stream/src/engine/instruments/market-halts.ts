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
  /** By unified symbol. */
  private readonly halts = new Map<string, Halt>();

  constructor(private readonly environment: MarketHaltsEnvironment) {}

  /** A connection tells that the market has stopped. */
  halted(symbol: string, reason: string, connection: string): void {
    const tellers = this.halts.get(symbol)?.tellers ?? new Set();
    this.forget(symbol);
    this.halts.set(symbol, { reason, tellers: tellers.add(connection), doubt: undefined });
    for (const { flow } of this.subscribed(symbol)) flow.presence.marketHalted(reason);
  }

  /** The market has opened. */
  opened(symbol: string, reason: string): void {
    this.forget(symbol);
    for (const subscription of this.subscribed(symbol)) {
      const { place, flow, state } = subscription;
      flow.presence.marketOpened(reason, state === 'subscribed');
      // Its whole book comes with the subscription and not by itself.
      if (place?.book?.kind === 'linked' && place.book.seed === 'stream')
        this.environment.renew(subscription, reason);
    }
  }

  /** A connection tells of no market any more: its socket is gone or paused. */
  lost(connection: string): void {
    for (const symbol of [...this.halts.keys()]) this.withdraw(symbol, connection);
  }

  /** A connection has let go of a subscription; without any of that market it hears nothing of it. */
  left(connection: string, symbol: string): void {
    for (const subscription of this.subscribed(symbol)) if (subscription.connection === connection) return;
    this.withdraw(symbol, connection);
  }

  /** Tells a subscription whether its market stands still: what does is not waited for, nor asked for again and again. */
  tell({ flow }: Subscription, { symbol, nativeSymbol, status }: Instrument): void {
    const halt = this.halts.get(symbol);
    if (halt) {
      flow.presence.marketHalted(halt.reason);
      if (halt.doubt) flow.presence.haltDoubted();
    } else if (status !== 'trading')
      flow.presence.listedAsHalted(`the exchange lists ${nativeSymbol} as ${status}`);
  }

  /**
   * The exchange has told its instruments: what trades is not halted, unless a connection knows better; what has stopped is,
   * until data comes.
   */
  listed(find: (symbol: string) => Instrument | undefined, stopped: readonly Instrument[]): void {
    for (const instrument of stopped)
      for (const subscription of this.subscribed(instrument.symbol)) this.tell(subscription, instrument);
    const open = new Map<string, Instrument>();
    for (const { place, flow } of this.environment.subscriptions()) {
      const symbol = place?.instrument.symbol;
      if (symbol === undefined || !flow.presence.isHalted || this.isKnown(symbol)) continue;
      const instrument = find(symbol);
      if (instrument?.status === 'trading') open.set(symbol, instrument);
    }
    for (const [symbol, { nativeSymbol }] of open)
      this.opened(symbol, `the exchange lists ${nativeSymbol} as trading`);
  }

  /** Whether a market is known to stand still, be it doubted. */
  has(symbol: string): boolean {
    return this.halts.has(symbol);
  }

  /** Ends all waiting. */
  stop(): void {
    for (const symbol of [...this.halts.keys()]) this.forget(symbol);
  }

  private isKnown(symbol: string): boolean {
    const halt = this.halts.get(symbol);
    return halt !== undefined && halt.doubt === undefined;
  }

  private withdraw(symbol: string, connection: string): void {
    const halt = this.halts.get(symbol);
    if (!halt?.tellers.delete(connection) || halt.tellers.size > 0) return;
    halt.doubt = this.environment.clock.after(DOUBTED_FOR_MS, () =>
      this.opened(symbol, 'who told of the halt is gone, and nobody has told of it again'),
    );
    for (const { flow } of this.subscribed(symbol)) flow.presence.haltDoubted();
  }

  private forget(symbol: string): void {
    this.halts.get(symbol)?.doubt?.cancel();
    this.halts.delete(symbol);
  }

  private subscribed(symbol: string): Subscription[] {
    return [...this.environment.subscriptions()].filter(
      ({ place, request }) => request.channel !== 'raw' && place?.instrument.symbol === symbol,
    );
  }
}
