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

  test('shows kinds of a later gateway', () => {
    expect(text({ t: 'later', d: { a: 1 } })).toBe('00:00:00.000  binance raw x  later {"a":1}');
  });
});
