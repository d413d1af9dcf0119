import { OrderBook } from './order-book.ts';

describe('what is read of a book', () => {
  const book = new OrderBook();
  beforeEach(() =>
    book.applySnapshot(
      [
        ['100.0', '3'],
        ['99.5', '1'],
      ],
      [
        ['101', '1.50'],
        ['102', '0.123456789012345678'],
      ],
    ),
  );

  test('is the amount at a price, however that is written, on whichever side', () => {
    expect(book.depthAt('99.50')).toBe(1);
    expect(book.depthAt('101.0')).toBe(1.5);
    expect(book.depthAt('102')).toBeCloseTo(0.1234567890123);
    expect(book.depthAt('100.5')).toBe(0);
    expect(book.depthAt('nonsense')).toBe(0);
  });

  test('is one side level by level, best first, without a copy', () => {
    const bids = book.side('bids');
    expect([...bids]).toEqual([
      ['100.0', '3'],
      ['99.5', '1'],
    ]);
    expect([bids.size, bids.price(1), bids.amount(1), bids.level(1)]).toEqual([2, 99.5, 1, ['99.5', '1']]);
    expect([bids.price(2), bids.amount(2), bids.level(2)]).toEqual([NaN, NaN, undefined]);
    book.applyUpdate([['100.5', '7']], []);
    expect(bids.best).toEqual(['100.5', '7']);
  });

  test.each(['bids', 'asks'] as const)('is a top of the %s that later changes leave as it was', (side) => {
    const top = book[side](1);
    const before = structuredClone(top);
    book.applyUpdate([['100.0', '9']], [['101', '9']]);
    book.applyUpdate([['100.0', '0']], [['101', '0']]);
    expect(top).toEqual(before);
  });
});
