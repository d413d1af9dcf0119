import { VirtualClock, type Channel, type MarketEvent } from '@exchange-stream/market-data';
import type { BookRules } from '../../contract/index.ts';
import type { AccountRules } from '../account-data/account-rules.ts';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { DataFlow } from './data-flow.ts';

const RULES: BookRules = {
  kind: 'linked',
  seed: 'rest',
  follows: (sequence, { last }) => (last <= sequence ? 'old' : last > sequence + 1 ? 'gap' : 'follows'),
};

const ACCOUNT: AccountRules = {
  kind: 'states',
  snapshot: 'stream',
  account: 'default',
  symbolOf: (nativeSymbol) => nativeSymbol,
};

/** A flow, and what is told of it. */
function flowOf(channel: Channel): { flow: DataFlow; told: string[] } {
  const flow = new DataFlow({ exchange: 'lab', channel, symbol: 'BTC/USDT' }, 'key', {
    clock: new VirtualClock(),
    statistics: new ExchangeStatistics(),
    changed: () => undefined,
    noticed: () => undefined,
    consumerFailed: () => undefined,
    consumerOverdue: () => undefined,
    consumerOverflowed: () => undefined,
    consumerDeadlineMs: 30_000,
    needSeed: () => undefined,
    needAccountData: () => undefined,
    candles: {
      exchangeNow: () => 0,
      random: { next: () => 0 },
      need: () => undefined,
      wakeAfter: () => undefined,
      history: () => Promise.resolve({ candles: [], quiet: [], gaps: [] }),
    },
    needTrades: () => false,
    askForFills: () => () => undefined,
  });
  flow.place(
    { symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' },
    channel === 'book' ? RULES : undefined,
    channel === 'balances' ? ACCOUNT : undefined,
  );
  const told: string[] = [];
  flow.consumers.add(
    'witness',
    (event) => void told.push(event.type === 'status' ? event.state : event.type),
  );
  flow.presence.confirmed();
  told.splice(0);
  return { flow, told };
}

/** Has the source taken away while an event of this type is told, as who disables an exchange from a handler does. */
function loseDuring(flow: DataFlow, type: MarketEvent['type']): void {
  flow.consumers.add('disabler', (event) => {
    if (event.type === type) flow.presence.lost('disabled');
  });
}

test('a book is read where it stands, and never while it is not live', () => {
  const { flow } = flowOf('book');
  expect(flow.bookReader).toBeUndefined();
  flow.seeded({ sequence: 5, bids: [['1.50', '1']], asks: [['2', '1']] });
  const book = flow.bookReader;
  flow.bookUpdate(0, undefined, { last: 6 }, [['1.60', '2']], []);
  expect(book?.bestBid).toEqual(['1.60', '2']);
  expect(flow.bookReader).toBe(book);
  flow.bookUpdate(0, undefined, { last: 8 }, [['1.70', '2']], []);
  expect(flow.bookReader).toBeUndefined();
  flow.seeded({ sequence: 8, bids: [['1.40', '1']], asks: [['2', '1']] });
  expect(flow.bookReader?.bestBid).toEqual(['1.40', '1']);
  flow.presence.fellSilent('nothing comes');
  expect(flow.bookReader).toBeUndefined();
  expect(flowOf('trades').flow.bookReader).toBeUndefined();
});

describe('an update that changes nothing', () => {
  const seeded = (): ReturnType<typeof flowOf> => {
    const made = flowOf('book');
    made.flow.seeded({ sequence: 5, bids: [['1', '1']], asks: [['2', '1']] });
    return made;
  };

  test('shows that the topic lives, and not that a market trades which is listed as halted', () => {
    const { flow } = seeded();
    flow.presence.listedAsHalted('the exchange lists BTCUSDT as halted');
    flow.bookUpdate(0, undefined, { last: 6 }, [], []);
    expect(flow.status.state).toBe('halted');
    // It is a link all the same, which the next update follows.
    flow.bookUpdate(0, undefined, { last: 7 }, [['1.5', '1']], []);
    expect(flow.status.state).toBe('live');
    expect(flow.bookReader?.bestBid).toEqual(['1.5', '1']);
  });

  test('ends a silence', () => {
    const { flow } = seeded();
    flow.presence.fellSilent('nothing comes');
    flow.bookUpdate(0, undefined, { last: 6 }, [], []);
    expect(flow.presence.isSilent).toBe(false);
  });

  test('is lost while the exchange itself says that the market stands still', () => {
    const { flow } = seeded();
    flow.presence.marketHalted('auction');
    flow.bookUpdate(0, undefined, { last: 6 }, [], []);
    expect(flow.status.state).toBe('halted');
    expect(flow.counters.lost).toBe(1);
  });
});

describe('a source that is taken away by who is being told of its data', () => {
  test('is not taken for live: not with the first value', () => {
    const { flow, told } = flowOf('quotes');
    loseDuring(flow, 'quote');
    flow.quote(0, undefined, undefined, '1', '1', '2', '1', undefined);
    expect(told).toEqual(['quote', 'stale']);
    expect([flow.status.state, flow.latest()]).toEqual(['stale', undefined]);
  });

  test('nor with a whole book, nor with an update of it', () => {
    const { flow, told } = flowOf('book');
    loseDuring(flow, 'book-snapshot');
    flow.seeded({ sequence: 5, bids: [['1', '1']], asks: [['2', '1']] });
    expect(told).toEqual(['book-snapshot', 'stale']);
    expect([flow.status.state, flow.latest()]).toEqual(['stale', undefined]);

    const other = flowOf('book');
    other.flow.seeded({ sequence: 5, bids: [['1', '1']], asks: [['2', '1']] });
    loseDuring(other.flow, 'book-update');
    other.flow.bookUpdate(0, undefined, { last: 6 }, [['1', '2']], []);
    expect(other.told.slice(2)).toEqual(['book-update', 'stale']);
    expect(other.flow.latest()).toBeUndefined();
  });

  test('nor with all that an account has', () => {
    const { flow, told } = flowOf('balances');
    loseDuring(flow, 'balance');
    const row = { type: 'balance', asset: 'BTC', free: '1', locked: '0' } as const;
    flow.account(0, [row, { ...row, asset: 'ETH' }], true);
    expect(told).toEqual(['balance', 'stale', 'balance']);
    expect(flow.status.state).toBe('stale');
  });
});
