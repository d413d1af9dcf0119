import { KnownFields } from '../dispatch/known-fields.ts';
import type { RowTarget } from '../dispatch/row-target.ts';
import type { TopicHolder } from './topic-holder.ts';
import type { WireStream } from './wire-stream.ts';

/** What of a topic is of one instrument. */
class InstrumentStream implements WireStream {
  readonly known = new KnownFields();
  /** Frames as they come are of the whole topic, and given out there. */
  readonly rawFlows: readonly RowTarget[] = [];
  flows: readonly RowTarget[] = [];

  constructor(readonly topic: string) {}

  of(): WireStream {
    return this;
  }
}

/** A topic that carries many instruments, told apart: those are known that somebody wants. */
export class InstrumentStreams {
  private byNativeSymbol = new Map<string, InstrumentStream>();

  constructor(
    private readonly topic: string,
    holders: Iterable<TopicHolder>,
  ) {
    this.list(holders);
  }

  find(nativeSymbol: string): WireStream | undefined {
    return this.byNativeSymbol.get(nativeSymbol);
  }

  /** Others hold the topic from here on. */
  list(holders: Iterable<TopicHolder>): void {
    const flows = new Map<string, RowTarget[]>();
    for (const { nativeSymbol, rows } of holders) {
      if (nativeSymbol === undefined || rows.isRaw) continue;
      const others = flows.get(nativeSymbol);
      if (others) others.push(rows);
      else flows.set(nativeSymbol, [rows]);
    }
    const before = this.byNativeSymbol;
    this.byNativeSymbol = new Map();
    for (const [nativeSymbol, own] of flows) {
      const stream = before.get(nativeSymbol) ?? new InstrumentStream(this.topic);
      stream.flows = own;
      this.byNativeSymbol.set(nativeSymbol, stream);
    }
  }

  /** The exchange begins anew: what rows have said counts no more. */
  begin(): void {
    for (const { known } of this.byNativeSymbol.values()) known.clear();
  }
}
