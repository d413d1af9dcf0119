import { bookRules, follows } from './bybit.book.ts';

describe('updates of a Bybit book', () => {
  it.each([
    [101, 'follows'],
    [102, 'gap'],
    [100, 'old'],
    [99, 'old'],
  ])('after 100, the one numbered %d: %s', (last, verdict) => {
    expect(follows(100, { last })).toBe(verdict);
  });

  it('come on top of a snapshot from the stream, and need no trimming', () => {
    expect(bookRules({})).toMatchObject({ kind: 'linked', seed: 'stream', follows });
    for (const depth of [50, 200, 1000, 25]) {
      expect(bookRules({ depth })).toMatchObject({ kind: 'linked', seed: 'stream', follows });
    }
  });

  it('are whole books where they are of the best level', () => {
    expect(bookRules({ depth: 1 })).toEqual({ kind: 'whole' });
  });
});
