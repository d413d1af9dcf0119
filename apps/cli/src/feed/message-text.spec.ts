import { readMessage } from './feed-message.ts';
import { messageText } from './message-text.ts';

const text = (message: object): string => {
  const read = readMessage({ ch: 'binance raw x', e: 'e', s: 2, p: 1, r: 0, ...message });
  return read ? messageText(read, 0) : 'nothing';
};

describe('a message for people', () => {
  test('shows a raw frame as it came, on one line', () => {
    const json = '{"topic":"x",\n "price":1.10}\u001b[2J';
    expect(text({ t: 'raw', d: { topic: 'x', json } })).toBe(
      '00:00:00.000  binance raw x  {"topic":"x",  "price":1.10} [2J',
    );
  });

  test.each([
    [
      { t: 'trade', d: { side: 'buy', amount: '100', price: '0.0002', periodDays: 30 } },
      'buy  100 @ 0.0002 for 30 d',
    ],
    [
      {
        t: 'quote',
        d: { bid: '0.3', bidAmount: '1', bidPeriodDays: 30, ask: '0.2', askAmount: '5', askPeriodDays: 2 },
      },
      '0.3 for 30 d / 0.2 for 2 d  (1 / 5)',
    ],
    [{ t: 'quote', d: { bid: '1', bidAmount: '2', ask: '3', askAmount: '4' } }, '1 / 3  (2 / 4)'],
    [{ t: 'derivatives', d: { markPrice: '1.5', fundingRate: '0.0001' } }, 'mark 1.5  funding 0.0001'],
    [
      { t: 'liquidation', d: { side: 'sell', amount: '2', price: '9', priceKind: 'bankruptcy' } },
      'sell 2 @ 9 (bankruptcy)',
    ],
    [{ t: 'option', d: { markImpliedVolatility: '0.6', delta: '-0.3' } }, 'iv 0.6  delta -0.3'],
    [{ t: 'platform-status', d: { state: 'scheduled', text: 'upgrade\n' } }, 'scheduled: upgrade '],
    [
      { t: 'platform-status', d: { state: 'ongoing', text: 'upgrade', begin: 1_000, end: 1e300 } },
      'ongoing: upgrade (1970-01-01T00:00:01.000Z to ?)',
    ],
  ])('shows %j', (message, shown) => {
    expect(text(message)).toBe(`00:00:00.000  binance raw x  ${shown}`);
  });

  test('shows kinds of a later gateway', () => {
    expect(text({ t: 'later', d: { a: 1 } })).toBe('00:00:00.000  binance raw x  later {"a":1}');
  });
});
