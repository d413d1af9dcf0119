import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';

/** What a session makes of the data of one topic. */
function read(topic: string, data: unknown, more: object = {}): readonly Call[] {
  const [channel, instId] = topic.split(':');
  const sink = new RecordingSink(topic);
  const session = okx().createSession({
    endpoint: 'public',
    url: 'wss://ws.okx.com/ws/v5/public',
    nextId: () => '1',
  });
  const frame = { arg: { channel, instId }, ...more, data };
  session.onFrame(Buffer.from(JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const TRADE = {
  ...{ instId: 'BTC-USDT', tradeId: '674510826', px: '95634.9', sz: '0.00011186', side: 'buy' },
  ...{ ts: '1740394561685', count: '1' },
};
const TICKER = {
  ...{ instType: 'SPOT', instId: 'BTC-USDT', last: '9999.99', lastSz: '0.1', askPx: '9999.99', askSz: '11' },
  ...{ bidPx: '8888.88', bidSz: '5', open24h: '9000', high24h: '10000', low24h: '8888.88' },
  ...{ volCcy24h: '22220000', vol24h: '2222', sodUtc0: '2222', sodUtc8: '2222', ts: '1597026383085' },
};
const BOOK = {
  asks: [
    ['8476.98', '415', '0', '13'],
    ['8477', '7', '0', '2'],
  ],
  bids: [['8476.97', '256', '0', '12']],
  ...{ ts: '1597026383085', checksum: 0, prevSeqId: -1, seqId: 123456 },
};

describe('OKX trades', () => {
  it('are read with the side of the taker, and the id of the last fill where several are merged', () => {
    const call = ['trade', 'trades:BTC-USDT', 1740394561685, '674510826', '95634.9', '0.00011186', 'buy'];
    expect(read('trades:BTC-USDT', [TRADE])).toEqual([call]);
    expect(read('trades:BTC-USDT', [{ ...TRADE, count: '3' }])).toEqual([call]);
    expect(read('trades-all:BTC-USDT', [{ ...TRADE, side: 'sell' }])[0]?.[6]).toBe('sell');
  });

  it('come several in a frame, and a bad one leaves the others', () => {
    const bad = { ...TRADE, px: '0' };
    expect(
      read('trades:BTC-USDT', [bad, TRADE, { ...TRADE, tradeId: '674510827' }]).map(([name, , , id]) => [
        name,
        id,
      ]),
    ).toEqual([
      ['rejected', undefined],
      ['trade', '674510826'],
      ['trade', '674510827'],
    ]);
  });

  it.each([
    [{ ts: 1740394561685 }, 'data[0].ts'],
    [{ tradeId: '' }, 'data[0].tradeId'],
    [{ px: '' }, 'data[0].px'],
    [{ sz: '-1' }, 'data[0].sz'],
    [{ side: 'both' }, 'data[0].side'],
  ])('are refused with %j', (broken, field) => {
    const [[name, topic, reason] = [], ...more] = read('trades:BTC-USDT', [{ ...TRADE, ...broken }]);
    expect([name, topic, more]).toEqual(['rejected', 'trades:BTC-USDT', []]);
    expect(reason).toMatch(new RegExp(`^${field.replaceAll(/[[\].]/g, '\\$&')}:`));
  });
});

describe('an OKX ticker', () => {
  it('has the volumes of spot in base and in quote currency', () => {
    expect(read('tickers:BTC-USDT', [TICKER])).toEqual([
      [
        ...['ticker', 'tickers:BTC-USDT', 1597026383085],
        {
          ...{ last: '9999.99', open: '9000', high: '10000', low: '8888.88' },
          ...{ baseVolume: '2222', quoteVolume: '22220000' },
          ...{ bid: '8888.88', bidAmount: '5', ask: '9999.99', askAmount: '11' },
        },
      ],
    ]);
  });

  it.each(['BTC-USD-SWAP', 'BTC-USD-251226', 'BTC-USD-251226-60000-C'])(
    'has the volume of %s in base currency, and not in contracts',
    (symbol) => {
      const [call] = read(`tickers:${symbol}`, [
        { ...TICKER, instId: symbol, vol24h: '779573', volCcy24h: '2620.289' },
      ]);
      expect(call?.[3]).toMatchObject({ baseVolume: '2620.289' });
      expect(call?.[3]).not.toHaveProperty('quoteVolume');
    },
  );

  it('lacks what OKX leaves empty, and is none where nothing was ever traded', () => {
    const [call] = read('tickers:BTC-USDT', [{ ...TICKER, bidPx: '', bidSz: '', open24h: '', vol24h: '' }]);
    expect(call?.[3]).toMatchObject({
      bid: undefined,
      bidAmount: undefined,
      open: undefined,
      baseVolume: undefined,
    });
    expect(read('tickers:BTC-USDT', [{ ...TICKER, last: '' }])).toEqual([
      ['ignored', 'ticker without a trade'],
    ]);
  });
});

describe('an OKX quote', () => {
  const QUOTE = { asks: [BOOK.asks[0]], bids: BOOK.bids, ts: '1597026383085', seqId: 123456 };

  it('is the best level of each side', () => {
    expect(read('bbo-tbt:BTC-USDT', [QUOTE])).toEqual([
      ['quote', 'bbo-tbt:BTC-USDT', 1597026383085, 123456, '8476.97', '256', '8476.98', '415'],
    ]);
  });

  it('is none while a side is empty', () => {
    expect(read('bbo-tbt:BTC-USDT', [{ ...QUOTE, bids: [] }])).toEqual([
      ['ignored', 'quote without one of its sides'],
    ]);
  });
});

describe('an OKX book', () => {
  const BIDS = [['8476.97', '256', 12]];
  const ASKS = [
    ['8476.98', '415', 13],
    ['8477', '7', 2],
  ];

  it('begins with a snapshot, which follows nothing, and has the number of orders at each level', () => {
    expect(read('books:BTC-USDT', [BOOK], { action: 'snapshot' })).toEqual([
      ['bookSnapshot', 'books:BTC-USDT', 1597026383085, { last: 123456 }, BIDS, ASKS],
    ]);
  });

  it('goes on with updates that name the one before, and their checksum where it is not 0', () => {
    const update = { ...BOOK, bids: [], prevSeqId: 123456, seqId: 123457 };
    expect(read('books:BTC-USDT', [update], { action: 'update' })).toEqual([
      ['bookUpdate', 'books:BTC-USDT', 1597026383085, { last: 123457, previous: 123456 }, [], ASKS],
    ]);
    const [call] = read('books:BTC-USDT', [{ ...update, checksum: -855196043 }], { action: 'update' });
    expect(call?.[3]).toEqual({ last: 123457, previous: 123456, checksum: -855196043 });
  });

  it('has no ids in old frames, and no checksum in new ones: nothing is checked then', () => {
    const { asks, bids, ts } = BOOK;
    expect(read('books:BTC-USDT', [{ asks, bids, ts }], { action: 'update' })[0]?.[3]).toEqual({});
    expect(read('books:BTC-USDT', [{ asks, bids, ts, checksum: 7 }], { action: 'update' })[0]?.[3]).toEqual({
      checksum: 7,
    });
  });

  it('has the whole amount of a level with orders of retail price improvement', () => {
    const asks = [['8476.98', '415', '400', '13']];
    expect(read('books-rpi:BTC-USDT', [{ ...BOOK, asks }], { action: 'snapshot' })[0]?.[5]).toEqual([
      ['8476.98', '415', 13],
    ]);
  });

  it('of five levels comes whole every time', () => {
    const { asks, bids, ts, seqId } = BOOK;
    expect(read('books5:BTC-USDT', [{ asks, bids, ts, seqId }])).toEqual([
      ['bookSnapshot', 'books5:BTC-USDT', 1597026383085, { last: 123456 }, BIDS, ASKS],
    ]);
  });

  it.each([
    [{ asks: [['8476.98', '415', '0']] }, 'data[0].asks[0]: expected a level of four numbers'],
    [{ asks: [['8476.98', '415', '0', 'x']] }, 'data[0].asks[0][3]: expected an integer'],
    [{ bids: {} }, 'data[0].bids: expected an array'],
    [{ seqId: 1.5 }, 'data[0].seqId: expected an integer'],
    [{ prevSeqId: -1 }, 'data[0].prevSeqId: expected an integer'],
    [{ checksum: 1e12 }, 'data[0].checksum: expected a checksum of 32 bits'],
    [{ ts: undefined }, 'data[0].ts: expected an integer'],
  ])('is broken by %j', (broken, reason) => {
    const [[name, , text] = []] = read('books:BTC-USDT', [{ ...BOOK, prevSeqId: 1, ...broken }], {
      action: 'update',
    });
    expect(name).toBe('rejected');
    expect(text).toContain(reason);
  });

  it('is broken by an action that is none', () => {
    expect(read('books:BTC-USDT', [BOOK], { action: 'partial' })[0]?.[0]).toBe('rejected');
    expect(read('books:BTC-USDT', 'nothing', { action: 'update' })).toEqual([
      ['rejected', 'books:BTC-USDT', 'data: expected an array'],
    ]);
  });
});

describe('an OKX candle', () => {
  const open = Date.UTC(2026, 7, 9);
  const row = (...more: string[]): string[] => [String(open), '1', '3', '0.5', '2', '1040.37', ...more];

  it('has the volumes of spot in base and in quote currency', () => {
    expect(read('candle1m:BTC-USDT', [row('2000', '2000', '1')])).toEqual([
      [
        ...['candle', 'candle1m:BTC-USDT', undefined],
        {
          ...{ interval: '1m', openTime: open, closeTime: open + 60_000, open: '1', high: '3', low: '0.5' },
          ...{ close: '2', baseVolume: '1040.37', quoteVolume: '2000', closed: true },
        },
      ],
    ]);
  });

  it('has those of contracts in base and in quote currency, and not in contracts', () => {
    const [call] = read('candle1m:BTC-USDT-SWAP', [row('10.4037', '1069603.34', '0')]);
    expect(call?.[3]).toMatchObject({ baseVolume: '10.4037', quoteVolume: '1069603.34', closed: false });
  });

  it('of seven columns, as in old frames, does not say whether it is closed', () => {
    expect(read('candle1m:BTC-USDT', [row('2000')])[0]?.[3]).not.toHaveProperty('closed');
  });

  it.each([
    ['candle1Dutc', '1d', open, open + 86_400_000],
    ['candle1D', '1d', open - 8 * 3_600_000, open + 16 * 3_600_000],
    ['candle6Hutc', '6h', open, open + 6 * 3_600_000],
    ['candle4H', '4h', open, open + 4 * 3_600_000],
    ['candle1Mutc', '1M', Date.UTC(2026, 7), Date.UTC(2026, 8)],
    ['candle1M', '1M', Date.UTC(2026, 6, 31, 16), Date.UTC(2026, 7, 31, 16)],
    ['candle3Mutc', '3M', Date.UTC(2026, 6), Date.UTC(2026, 9)],
  ])(
    'ends where the next one opens, in UTC or in Hong Kong: %s',
    (channel, interval, openTime, closeTime) => {
      const [call] = read(`${channel}:BTC-USDT`, [
        [String(openTime), '1', '1', '1', '1', '0', '0', '0', '0'],
      ]);
      expect(call?.[3]).toMatchObject({ interval, openTime, closeTime });
    },
  );

  it('is refused with a flag that is none', () => {
    expect(read('candle1m:BTC-USDT', [row('2000', '2000', 'yes')])[0]?.[2]).toContain('data[0][8]');
  });
});
