import type { RowTarget } from '../dispatch/row-target.ts';
import { KnownFields } from '../dispatch/known-fields.ts';
import { InstrumentStreams } from './instrument-streams.ts';
import type { TopicHolder } from './topic-holder.ts';
import type { WireStream } from './wire-stream.ts';

/**
 * How far a topic has come: to be asked for, asked for, confirmed; confirmed but to be given back and asked for again; to
 * be given back, being given back.
 */
export type TopicPhase = 'wanted' | 'requested' | 'confirmed' | 'renewed' | 'unwanted' | 'leaving';

/** A topic of one connection, and those who hold it. */
export class Topic implements WireStream {
  /** Counts its changes of phase, for whoever looks from time to time whether it moves. */
  step = 0;
  /** How far it had come before it was `unwanted`. */
  before: 'wanted' | 'requested' | 'confirmed' = 'wanted';
  /** A request for it was never answered: the exchange may send it all the same. */
  isDoubtful = false;
  attempts = 0;
  /** Was refused together with others, and is tried by itself. */
  alone = false;
  readonly holders = new Set<TopicHolder>();
  readonly known = new KnownFields();
  flows: readonly RowTarget[] = [];
  rawFlows: readonly RowTarget[] = [];
  private present: TopicPhase = 'wanted';
  /** Made when rows come that are told apart by their instrument. */
  private byInstrument: InstrumentStreams | undefined;

  constructor(readonly topic: string) {}

  get phase(): TopicPhase {
    return this.present;
  }

  set phase(phase: TopicPhase) {
    this.present = phase;
    // The exchange begins anew.
    if (phase === 'wanted' || phase === 'requested') {
      this.known.clear();
      this.byInstrument?.begin();
    }
    this.step++;
  }

  add(holder: TopicHolder): void {
    this.holders.add(holder);
    this.listFlows();
  }

  /** Puts one holder in the place of another. */
  replace(holder: TopicHolder, by: TopicHolder): void {
    this.holders.delete(holder);
    this.add(by);
  }

  /** Returns whether it was there. */
  remove(holder: TopicHolder): boolean {
    if (!this.holders.delete(holder)) return false;
    this.listFlows();
    return true;
  }

  /** Takes its holders from it. */
  clear(): TopicHolder[] {
    const holders = [...this.holders];
    this.holders.clear();
    this.listFlows();
    return holders;
  }

  of(nativeSymbol: string): WireStream | undefined {
    this.byInstrument ??= new InstrumentStreams(this.topic, this.holders);
    return this.byInstrument.find(nativeSymbol);
  }

  /** Tells a holder who comes when the topic flows already what its rows have said. */
  tellKnown({ rows, nativeSymbol }: TopicHolder): void {
    this.known.tell(rows);
    if (nativeSymbol !== undefined) this.byInstrument?.find(nativeSymbol)?.known.tell(rows);
  }

  private listFlows(): void {
    const rows = [...this.holders].map((holder) => holder.rows);
    this.flows = rows.filter(({ isRaw }) => !isRaw);
    this.rawFlows = rows.filter(({ isRaw }) => isRaw);
    this.byInstrument?.list(this.holders);
  }
}
