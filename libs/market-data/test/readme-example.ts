import {
  OrderBook,
  addDecimals,
  compareDecimals,
  parseSymbol,
  type MarketEvent,
} from '@exchange-stream/market-data';

const book = new OrderBook();

export function follow(event: MarketEvent): void {
  if (event.type === 'book-snapshot') book.applySnapshot(event.bids, event.asks);
  if (event.type === 'book-update') book.applyUpdate(event.bids, event.asks);
}

compareDecimals('0.10', '0.1'); // 0
addDecimals('0.1', '0.2'); // '0.3'
parseSymbol('BTC/USDT:USDT'); // { kind: 'perpetual', base: 'BTC', quote: 'USDT', settle: 'USDT' }
