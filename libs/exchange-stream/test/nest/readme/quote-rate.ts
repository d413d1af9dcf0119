import { Injectable } from '@nestjs/common';
import { InjectExchangeStream, type ExchangeStreamService } from '@exchange-stream/nestjs';
import { bufferTime, filter, map, type Observable } from 'rxjs';

@Injectable()
export class QuoteRate {
  constructor(@InjectExchangeStream() private readonly stream: ExchangeStreamService) {}

  /** How many quotes came in each second. */
  perSecond(symbol: string): Observable<number> {
    return this.stream.observe({ exchange: 'binance', channel: 'quotes', symbol }).pipe(
      filter(({ type }) => type === 'quote'),
      bufferTime(1_000),
      map(({ length }) => length),
    );
  }
}
