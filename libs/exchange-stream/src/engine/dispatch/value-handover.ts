import type { BookLevel, ExchangeSequence } from '@exchange-stream/market-data';
import type { BookLink, CandleRow, TickerRow } from '../../contract/index.ts';
import { FlowHandover, type HandoverVerdict } from './flow-handover.ts';
import { isNewer, type ValueStamp } from './value-stamp.ts';

/** Rows that may wait; what is older has been replaced by what came since. */
const CAPACITY = 256;

interface WaitingValue {
  readonly stamp: ValueStamp;
  deliver(): void;
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
  ): void {
    this.arrived({ receivedAt, exchangeTime, sequence }, () =>
      this.flow.quote(receivedAt, exchangeTime, sequence, bid, bidAmount, ask, askAmount),
    );
  }

  override ticker(receivedAt: number, exchangeTime: number | undefined, row: TickerRow): void {
    this.arrived({ receivedAt, exchangeTime, sequence: undefined }, () =>
      this.flow.ticker(receivedAt, exchangeTime, row),
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
    this.newest = this.flowStood = undefined;
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
    for (const value of this.waiting.splice(0)) value.deliver();
  }

  private arrived(stamp: ValueStamp, deliver: () => void): void {
    this.newest = stamp;
    this.waiting.push({ stamp, deliver });
    if (this.waiting.length > CAPACITY) this.waiting.shift();
  }

  private forgetOutdated(last: ValueStamp | undefined): void {
    if (!last) return;
    const before = this.waiting.length;
    this.waiting = this.waiting.filter(({ stamp }) => isNewer(stamp, last));
    this.outdated += before - this.waiting.length;
  }
}
