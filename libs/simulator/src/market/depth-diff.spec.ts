import { DepthDiffWindow } from './depth-diff.ts';

describe('DepthDiffWindow', () => {
  const change = (updateId: number, side: 'bid' | 'ask', ticks: number, lots: number) => ({
    updateId,
    side,
    ticks,
    lots,
    touch: false,
  });

  it('keeps the latest amount of each level, best level first', () => {
    const window = new DepthDiffWindow(10);
    window.add(change(11, 'bid', 99, 5));
    window.add(change(12, 'bid', 100, 7));
    window.add(change(13, 'ask', 102, 1));
    window.add(change(14, 'ask', 101, 2));
    window.add(change(15, 'bid', 99, 0));
    expect(window.take()).toEqual({
      previousUpdateId: 10,
      firstUpdateId: 11,
      lastUpdateId: 15,
      bids: [
        [100, 7],
        [99, 0],
      ],
      asks: [
        [101, 2],
        [102, 1],
      ],
    });
  });

  it('starts each window empty, right after the one before', () => {
    const window = new DepthDiffWindow(10);
    window.add(change(11, 'bid', 99, 5));
    window.take();
    expect(window.take()).toBeUndefined();
    window.add(change(12, 'ask', 101, 1));
    expect(window.take()).toEqual({
      previousUpdateId: 11,
      firstUpdateId: 12,
      lastUpdateId: 12,
      bids: [],
      asks: [[101, 1]],
    });
  });

  it('names the first change, and the last one before, where ids leave room', () => {
    const window = new DepthDiffWindow(10);
    window.add(change(17, 'bid', 99, 5));
    window.add(change(24, 'bid', 98, 5));
    expect(window.take()).toMatchObject({ previousUpdateId: 10, firstUpdateId: 17, lastUpdateId: 24 });
  });
});
