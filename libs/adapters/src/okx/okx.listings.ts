import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, object, text } from '../decoder/fields.ts';
import { statusOf } from './okx.instruments.ts';
import type { WireInstrument, WireMessage } from './okx.wire.ts';

/**
 * What the channel `instruments` tells of markets that are stopped and opened again. A push names those that have changed,
 * or all: whatever it does not name is as it was.
 */
export class Listings {
  /** Markets that were told to stand still. */
  private readonly halted = new Set<string>();

  read<S extends Stream>({ data }: WireMessage, sink: Sink<S>): void {
    if (!Array.isArray(data)) return sink.rejected(undefined, 'data: expected an array');
    let isNews = false;
    for (const [index, row] of data.entries()) {
      try {
        if (this.readOne(object(row, `data[${index}]`), `data[${index}]`, sink)) isNews = true;
      } catch (error) {
        if (!(error instanceof MalformedFieldError)) throw error;
        sink.rejected(undefined, error.message);
        isNews = true;
      }
    }
    if (!isNews) sink.ignored('instruments');
  }

  /** Returns whether it says anything new of its market. */
  private readOne<S extends Stream>(row: WireInstrument, field: string, sink: Sink<S>): boolean {
    const nativeSymbol = text(row.instId, `${field}.instId`);
    const state = text(row.state, `${field}.state`);
    const reason = `the exchange lists ${nativeSymbol} as ${state.slice(0, 32)}`;
    const isHalted = statusOf(state) === 'halted';
    if (isHalted === this.halted.has(nativeSymbol)) return false;
    if (isHalted) this.halted.add(nativeSymbol);
    else this.halted.delete(nativeSymbol);
    sink.marketStatus(nativeSymbol, isHalted ? 'halted' : 'trading', reason);
    return true;
  }
}
