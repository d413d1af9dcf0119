import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { follow } from './readme-example.ts';

describe('the README', () => {
  test('shows code that compiles', () => {
    const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
    const [, shown] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    expect(shown).toBe(readFileSync(join(__dirname, 'readme-example.ts'), 'utf8'));
  });

  test('shows code that runs', () => {
    const origin = { exchange: 'binance', symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT', receivedAt: 0 };
    expect(() => follow({ type: 'book-snapshot', ...origin, bids: [['1', '2']], asks: [] })).not.toThrow();
  });
});
