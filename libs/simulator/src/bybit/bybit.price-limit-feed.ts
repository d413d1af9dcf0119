import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Feed, FeedSurroundings, Payload } from './bybit.feed.ts';

const PERIOD_MS = 300;
/** How far from the middle an order may be, as a fraction of the price. */
const REACH = 0.05;

/** The highest price that may be bid and the lowest that may be asked. The sheet gives this topic no sample. */
export class PriceLimitFeed implements Feed {
  private published = '';

  constructor(
    private readonly market: InstrumentMarket,
    private readonly nativeSymbol: string,
    private readonly surroundings: FeedSurroundings,
  ) {}

  greeting(): Payload {
    return this.frame();
  }

  beat(due: (periodMs: number) => boolean): void {
    if (due(PERIOD_MS)) this.flush();
  }

  flush(): void {
    const frame = this.frame();
    const text = JSON.stringify(frame.data);
    if (text === this.published) return;
    this.published = text;
    this.surroundings.send(frame);
  }

  private frame(): Payload & { readonly data: Payload } {
    const { book, format } = this.market;
    const middle = ((book.bids.price(0) ?? 0) + (book.asks.price(0) ?? 0)) / 2;
    const data = {
      symbol: this.nativeSymbol,
      buyLmt: format.price.text(Math.floor(middle * (1 + REACH))),
      sellLmt: format.price.text(Math.ceil(middle * (1 - REACH))),
    };
    const { topic, clock } = this.surroundings;
    return { topic, type: 'snapshot', ts: Math.floor(clock.now()), data };
  }
}
