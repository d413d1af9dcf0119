import { withFields, type FieldChannel, type FieldRows } from './latest-fields.ts';
import type { RowTarget } from './row-target.ts';

/** What is known of one channel, and as of when. */
interface Known<C extends FieldChannel> {
  readonly receivedAt: number;
  readonly exchangeTime: number | undefined;
  readonly row: FieldRows[C];
}

/**
 * What the rows of a topic have said since it was asked for, where each says only what has changed: somebody who takes it
 * up later would wait for the rest until that changes, too.
 */
export class KnownFields {
  private byChannel: { [C in FieldChannel]?: Known<C> } = {};

  add<C extends FieldChannel>(
    channel: C,
    receivedAt: number,
    exchangeTime: number | undefined,
    row: FieldRows[C],
    isWhole: boolean,
  ): void {
    const known = isWhole ? undefined : this.byChannel[channel]?.row;
    const now: Known<C> = { receivedAt, exchangeTime, row: withFields(known, row) };
    Object.assign(this.byChannel, { [channel]: now });
  }

  /** Tells somebody who has had nothing of it. */
  tell(target: RowTarget): void {
    this.tellOf('ticker', target);
    this.tellOf('derivatives', target);
    this.tellOf('options', target);
  }

  clear(): void {
    this.byChannel = {};
  }

  private tellOf<C extends FieldChannel>(channel: C, target: RowTarget): void {
    const known = this.byChannel[channel];
    if (known && target.channel === channel)
      target.fields(channel, known.receivedAt, known.exchangeTime, known.row, false);
  }
}
