import { candleOfTrade, flatCandle, haveSameNumbers, joinCandles, type CandleNumbers } from './candle.ts';

describe('candles made of others', () => {
  test('have volumes that are exact to the last digit', () => {
    const trades = Array.from({ length: 10 }, () => candleOfTrade('0.1', '0.1', 'buy'));
    const candle = trades.reduce(joinCandles);
    expect(candle.baseVolume).toBe('1.0');
    expect(candle.quoteVolume).toBe('0.10');
    expect(candle.takerBuyQuoteVolume).toBe('0.10');
    expect(candle.tradeCount).toBe(10);
  });

  test('open with the first, close with the last, and reach from the lowest to the highest by number', () => {
    const candle = ['9', '10', '2', '2.00']
      .map((price) => candleOfTrade(price, '1', 'sell'))
      .reduce(joinCandles);
    expect(candle).toMatchObject({ open: '9', high: '10', low: '2', close: '2.00', takerBuyBaseVolume: '0' });
  });

  test('do not tell what one of them does not', () => {
    const { quoteVolume, tradeCount, ...bare } = candleOfTrade('1', '1', 'buy');
    expect([quoteVolume, tradeCount]).toEqual(['1', 1]);
    const candle = joinCandles(candleOfTrade('1', '1', 'buy'), bare);
    expect(candle.quoteVolume).toBeUndefined();
    expect(candle.tradeCount).toBeUndefined();
    expect(candle.takerBuyBaseVolume).toBe('2');
  });

  test('are the same by number, and as far as both say', () => {
    const one: CandleNumbers = { ...flatCandle('1.50'), baseVolume: '2.0' };
    const { quoteVolume, ...other } = { ...flatCandle('1.5'), baseVolume: '2' };
    expect(quoteVolume).toBe('0');
    expect(haveSameNumbers(one, other)).toBe(true);
    expect(haveSameNumbers(one, { ...other, close: '1.51' })).toBe(false);
    expect(haveSameNumbers(one, { ...other, tradeCount: 1 })).toBe(false);
  });
});
