import { Injectable } from '@nestjs/common';
import { ExchangeStreamService } from '@exchange-stream/nestjs';

@Injectable()
export class QuoteStore {
  constructor(private readonly stream: ExchangeStreamService) {}

  /** Saves one quote after the other; those that come while one is saved give way to the newest. */
  keep(save: (bid: string, ask: string) => Promise<void>): () => Promise<void> {
    const quotes = this.stream.subscribe({ exchange: 'binance', channel: 'quotes', symbol: 'BTC/USDT' });
    quotes.on(
      async (event) => {
        if (event.type === 'quote') await save(event.bid, event.ask);
      },
      { name: 'quote store', policy: 'latest' },
    );
    return () => quotes.unsubscribe();
  }
}
