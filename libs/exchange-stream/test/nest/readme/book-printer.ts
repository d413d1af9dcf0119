import { Injectable } from '@nestjs/common';
import { ExchangeStreamService } from '@exchange-stream/nestjs';

@Injectable()
export class BookPrinter {
  constructor(private readonly stream: ExchangeStreamService) {}

  async print(write: (line: string) => void): Promise<void> {
    await using book = this.stream.subscribe({ exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' });
    for await (const event of book) {
      if (event.type === 'status') write(`the book is ${event.state}: ${event.reason}`);
      else write(`best bid ${book.book?.bestBid?.[0] ?? 'none'}`);
    }
  }
}
