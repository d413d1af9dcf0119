import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { object, text } from '../decoder/fields.ts';
import { STATUS } from './kraken.topics.ts';
import type { WireStatus } from './kraken.wire.ts';

const ONLINE = 'online';
const MAINTENANCE = 'maintenance';

/**
 * How the platform is, which every connection is told unasked: as it opens, and when it changes. In maintenance it pauses;
 * whatever it was before, when it is back `online`, books are begun anew.
 */
export class PlatformStatus<S extends Stream> {
  private system: string | undefined;
  /** Somebody wants it who has come after it was told. */
  private isOwed = false;

  /** @param changed is told before the engine is that all is paused, or asked for anew */
  constructor(private readonly changed: () => void) {}

  wanted(): void {
    this.isOwed = this.system !== undefined;
  }

  /** Tells those who came late, with the next frame, whatever that is. */
  catchUp(sink: Sink<S>): void {
    if (!this.isOwed || this.system === undefined) return;
    this.isOwed = false;
    const stream = sink.stream(STATUS);
    if (stream) tell(stream, this.system, sink);
  }

  /** @throws MalformedFieldError */
  read(row: unknown, field: string, stream: S | undefined, sink: Sink<S>): void {
    const { system: value }: WireStatus = object(row, field);
    const system = text(value, `${field}.system`).slice(0, 32);
    const before = this.system;
    this.system = system;
    this.isOwed = false;
    if (stream) tell(stream, system, sink);
    else sink.ignored(STATUS);
    if (system === before) return;
    this.changed();
    if (system === MAINTENANCE) sink.paused(MAINTENANCE);
    else if (before === MAINTENANCE || (before !== undefined && system === ONLINE)) sink.resumed(system);
  }
}

/** A notice without an id: it says how the platform is. */
function tell<S extends Stream>(stream: S, system: string, sink: Sink<S>): void {
  const state = system === ONLINE ? 'completed' : 'ongoing';
  sink.platformStatus(stream, undefined, { id: '', state, text: system });
}
