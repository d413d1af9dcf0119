import { Contiguity } from './contiguity.ts';
import { readMessage } from './feed-message.ts';

const message = (s: number, p: number, e = 'one') =>
  readMessage({ t: 'trade', ch: 'binance trades BTC/USDT', e, s, p, d: {} })!;

describe('Contiguity', () => {
  it('accepts messages that each follow the one before', () => {
    const contiguity = new Contiguity();
    contiguity.joined('binance trades BTC/USDT', 'one', 5);

    expect([message(7, 5), message(8, 7)].map((next) => contiguity.check(next))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('tells a message that follows another one', () => {
    const contiguity = new Contiguity();
    contiguity.joined('binance trades BTC/USDT', 'one', 5);

    expect(contiguity.check(message(7, 6))).toBe('message 5 should be followed, and the next one follows 6');
  });

  it('tells a numbering that began anew', () => {
    const contiguity = new Contiguity();
    contiguity.joined('binance trades BTC/USDT', 'one', 5);

    expect(contiguity.check(message(6, 5, 'two'))).toBe('its numbering began anew');
  });
});
