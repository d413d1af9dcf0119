import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import type { WireTicker } from './kraken-futures.wire.ts';

/** What tickers tell of markets that stand still: `suspended`, or nothing but orders that meet no other. */
export class Halts {
  private readonly halted = new Set<string>();
  /** Stopped when last heard of, and nobody follows their ticker any more. */
  private readonly unfollowed = new Set<string>();

  read<S extends Stream>(
    nativeSymbol: string,
    { suspended, post_only: postOnly }: WireTicker,
    sink: Sink<S>,
  ): void {
    this.unfollowed.delete(nativeSymbol);
    const reason = suspended === true ? 'suspended' : postOnly === true ? 'post_only' : undefined;
    const isHalted = reason !== undefined;
    if (isHalted === this.halted.has(nativeSymbol)) return;
    if (isHalted) this.halted.add(nativeSymbol);
    else this.halted.delete(nativeSymbol);
    const said = `the ticker of ${nativeSymbol} says that it is ${reason ?? 'open'}`;
    sink.marketStatus(nativeSymbol, isHalted ? 'halted' : 'trading', said);
  }

  /** The ticker of a product is given back. */
  leave(nativeSymbol: string): void {
    if (this.halted.delete(nativeSymbol)) this.unfollowed.add(nativeSymbol);
  }

  /** Nobody would hear of the end of a halt: its market counts as open, and the list of instruments knows better. */
  forget<S extends Stream>(sink: Sink<S>): void {
    if (this.unfollowed.size === 0) return;
    for (const nativeSymbol of this.unfollowed)
      sink.marketStatus(nativeSymbol, 'trading', `the ticker of ${nativeSymbol} is not followed any more`);
    this.unfollowed.clear();
  }
}
