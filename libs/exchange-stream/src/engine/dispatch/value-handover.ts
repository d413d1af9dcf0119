import type { BookLevel, ExchangeSequence } from '@exchange-stream/market-data';
import type { BookLink, CandleRow, QuotePeriods } from '../../contract/index.ts';
import { FlowHandover, type HandoverVerdict } from './flow-handover.ts';
import { KnownFields } from './known-fields.ts';
import type { FieldChannel, FieldRows } from './latest-fields.ts';
import { isNewer, type ValueStamp } from './value-stamp.ts';

/** Rows that may wait; what is older has been replaced by what came since. */
const CAPACITY = 256;

interface WaitingValue {
  readonly stamp: ValueStamp;
  deliver(): void;
  /** Where it need not say everything, so that the next one does not replace it: adds it to what is kept of those before. */
  keepIn?(kept: KnownFields): void;
}

/**
 * Hands over what replaces the value before: tickers, quotes, candles, whole books. The flow goes over once the fresh connection
 * has brought what the old one had brought when it began; what it repeats after that is held back.
 */
export class ValueHandover extends FlowHandover {
  private waiting: WaitingValue[] = [];
  private newest: ValueStamp | undefined;
  /** Where the flow stood when the fresh connection began. */
  private flowStood: ValueStamp | undefined;
  private outdated = 0;
  /** What rows have said that could wait no longer for themselves. */
  private readonly kept = new KnownFields();
  private keptStamp: ValueStamp | undefined;

  override confirmed(): void {
    super.confirmed();
    this.flowStood = this.flow.lastStamp;
  }

  override quote(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
    periods: QuotePeriods | undefined,
  ): void {
    this.arrived({ receivedAt, exchangeTime, sequence }, () =>
      this.flow.quote(receivedAt, exchangeTime, sequence, bid, bidAmount, ask, askAmount, periods),
    );
  }

  override fields<C extends FieldChannel>(
    channel: C,
    receivedAt: number,
    exchangeTime: number | undefined,
    row: FieldRows[C],
    isWhole: boolean,
  ): void {
    this.arrived(
      { receivedAt, exchangeTime, sequence: undefined },
      () => this.flow.fields(channel, receivedAt, exchangeTime, row, isWhole),
      (kept) => kept.add(channel, receivedAt, exchangeTime, row, isWhole),
    );
  }

  override candle(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void {
    this.arrived({ receivedAt, exchangeTime, sequence: undefined }, () =>
      this.flow.candle(receivedAt, exchangeTime, row),
    );
  }

  override bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.arrived({ receivedAt, exchangeTime, sequence: link?.last }, () =>
      this.flow.bookSnapshot(receivedAt, exchangeTime, link, bids, asks),
    );
  }

  reset(): void {
    this.waiting = [];
    this.newest = this.flowStood = this.keptStamp = undefined;
    this.kept.clear();
  }

  judge(): HandoverVerdict {
    const { newest, flowStood } = this;
    this.forgetOutdated(this.flow.lastStamp);
    if (newest) return flowStood && isNewer(flowStood, newest) ? 'wait' : 'switch';
    return this.isQuiet(this.clock.monotonic()) ? 'switch' : 'wait';
  }

  finish(): void {
    this.forgetOutdated(this.flow.lastStamp);
    this.flow.repeated(this.outdated);
    this.flow.holdBackOlder();
    if (this.keptStamp) this.kept.tell(this.flow);
    for (const value of this.waiting.splice(0)) value.deliver();
  }

  private arrived(stamp: ValueStamp, deliver: () => void, keepIn?: (kept: KnownFields) => void): void {
    this.newest = stamp;
    this.waiting.push({ stamp, deliver, keepIn });
    if (this.waiting.length <= CAPACITY) return;
    const oldest = this.waiting.shift();
    if (!oldest?.keepIn) return;
    oldest.keepIn(this.kept);
    this.keptStamp = oldest.stamp;
  }

  private forgetOutdated(last: ValueStamp | undefined): void {
    if (!last) return;
    if (this.keptStamp && !isNewer(this.keptStamp, last)) {
      this.keptStamp = undefined;
      this.kept.clear();
    }
    const before = this.waiting.length;
    this.waiting = this.waiting.filter(({ stamp }) => isNewer(stamp, last));
    this.outdated += before - this.waiting.length;
  }
}
