import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbaseExchange } from './coinbase-exchange.adapter.ts';

/** Enough for a frame to be damaged in every way. */
const RUNS = MUTATIONS / 50;
const TIME = '2021-04-17T16:43:37.075687Z';
const AT = Date.UTC(2021, 3, 17, 16, 43, 37) + 75.687;
const BATCH = 'level2_batch:BTC-USD';

const adapter = coinbaseExchange();
const open = (): ReturnType<ReturnType<typeof coinbaseExchange>['createSession']> =>
  adapter.createSession({ endpoint: 'feed', url: 'wss://x.test/', nextId: () => 1 });

/** What is told of one frame while these topics are wanted. */
function read(frame: object | string, ...topics: string[]): Call[] {
  const sink = new RecordingSink(...topics);
  sink.unhandled = () => void sink.calls.push(['unhandled']);
  try {
    open().onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    sink.calls.push(['no JSON']);
  }
  return sink.calls;
}

describe('a book of Coinbase Exchange', () => {
  const snapshot = {
    type: 'snapshot',
    product_id: 'BTC-USD',
    asks: [['6', '3']],
    bids: [
      ['5', '1'],
      ['4', '2'],
    ],
  };
  const update = {
    type: 'l2update',
    product_id: 'BTC-USD',
    changes: [
      ['buy', '5', '0.00000000'],
      ['sell', '7', '1'],
    ],
  };

  it('is whole first, and then its changes come', () => {
    expect(read(snapshot, BATCH)).toEqual([
      [
        'bookSnapshot',
        BATCH,
        undefined,
        undefined,
        [
          ['5', '1'],
          ['4', '2'],
        ],
        [['6', '3']],
      ],
    ]);
    expect(read({ ...snapshot, time: TIME }, BATCH)[0]?.[2]).toBe(AT);
    expect(read({ ...update, time: TIME }, BATCH)).toEqual([
      ['bookUpdate', BATCH, AT, undefined, [['5', '0.00000000']], [['7', '1']]],
    ]);
  });

  it('is that of level2 in recordings of before it needed a key', () => {
    for (const frame of [snapshot, { ...update, time: TIME }])
      expect(read(frame, 'level2:BTC-USD')[0]?.[1]).toBe('level2:BTC-USD');
    expect(read(update)).toEqual([['ignored', 'unsubscribed topic']]);
  });

  it('is told without what stands in it that is no level, and crossed where it is: it is asked for again then', () => {
    const odd = [['NaN', '1'], ['5', '-1'], ['0', '1'], ['5'], 7, ['9', '1']];
    const calls = read({ ...snapshot, bids: odd }, BATCH);
    expect(calls.filter(([call]) => call === 'ignored')).toHaveLength(5);
    expect(calls.at(-1)).toEqual(['bookSnapshot', BATCH, undefined, undefined, [['9', '1']], [['6', '3']]]);
  });

  it.each([
    ['a side that is none', [['bid', '5', '1']]],
    [
      'a price of zero',
      [
        ['buy', '5', '1'],
        ['buy', '0', '1'],
      ],
    ],
    ['a negative amount', [['buy', '5', '-1']]],
    ['a change that is none', [['buy', '5']]],
    ['no list', 'none'],
  ])('takes nothing of an update with %s, and lacks it', (_, changes) => {
    expect(read({ ...update, changes, time: TIME }, BATCH)).toEqual([
      ['rejected', BATCH, expect.any(String)],
    ]);
  });
});

describe('a trade of Coinbase Exchange', () => {
  const match = {
    ...{ type: 'match', trade_id: 82_047_307, maker_order_id: 'a', taker_order_id: 'b', side: 'sell' },
    ...{ size: '0.00513192', price: '9314.78', product_id: 'BTC-USD', sequence: 12_038_915_443, time: TIME },
  };

  it('names the side of the maker, and events have the taker’s', () => {
    const topic = 'matches:BTC-USD';
    expect(read(match, topic)).toEqual([['trade', topic, AT, '82047307', '9314.78', '0.00513192', 'buy']]);
    expect(read({ ...match, side: 'buy' }, topic)[0]?.[6]).toBe('sell');
    expect(read({ ...match, side: 'none' }, topic)[0]?.[0]).toBe('rejected');
  });

  it('that was the last before the subscription is none of after it', () => {
    expect(read({ ...match, type: 'last_match' }, 'matches:BTC-USD')).toEqual([
      [
        ...['recentTrades', 'matches:BTC-USD'],
        [{ id: '82047307', price: '9314.78', amount: '0.00513192', side: 'buy', exchangeTime: AT }],
      ],
    ]);
  });
});

describe('a ticker of Coinbase Exchange', () => {
  const ticker = {
    ...{
      type: 'ticker',
      sequence: 333_938_798,
      product_id: 'BTC-USD',
      price: '14.7775',
      open_24h: '14.6647',
    },
    ...{
      volume_24h: '94381.28000000',
      low_24h: '14.3691',
      high_24h: '16.55',
      volume_30d: '2295579.57000000',
    },
    ...{
      best_bid: '14.7550',
      best_ask: '14.8060',
      side: 'buy',
      time: TIME,
      trade_id: 881_613,
      last_size: '0.04',
    },
  };

  it('has the best prices without amounts, and so is no quote', () => {
    expect(read(ticker, 'ticker:BTC-USD')).toEqual([
      [
        ...['ticker', 'ticker:BTC-USD', AT],
        {
          ...{ last: '14.7775', open: '14.6647', high: '16.55', low: '14.3691' },
          ...{ baseVolume: '94381.28000000', bid: '14.7550', ask: '14.8060' },
        },
      ],
    ]);
  });

  it('is that of either channel, whichever is wanted, and of both where both are', () => {
    expect(read(ticker, 'ticker_batch:BTC-USD').map((call) => call[1])).toEqual(['ticker_batch:BTC-USD']);
    expect(read(ticker, 'ticker_batch:BTC-USD', 'ticker:BTC-USD')).toHaveLength(2);
    expect(read(ticker)).toEqual([['ignored', 'unsubscribed topic']]);
    expect(read({ ...ticker, price: '' }, 'ticker:BTC-USD')[0]?.[0]).toBe('rejected');
  });
});

describe('the status of Coinbase Exchange', () => {
  it('is told of what has changed, as a notice and of its market', () => {
    const session = open();
    const tell = (status: string): Call[] => {
      const sink = new RecordingSink('status');
      const products = [{ id: 'BTC-USD', status, status_message: null }];
      const frame = { type: 'status', products, currencies: [{ id: 'BTC', status: 'online' }] };
      session.onFrame(Buffer.from(JSON.stringify(frame)), false, 0, sink);
      return sink.calls;
    };
    expect(tell('online')).toEqual([['ignored', 'status, nothing new']]);
    expect(tell('offline')).toEqual([
      ['marketStatus', 'BTC-USD', 'halted', 'BTC-USD is offline'],
      [
        ...['platformStatus', 'status', undefined],
        { id: 'product BTC-USD', state: 'ongoing', text: 'BTC-USD is offline' },
      ],
    ]);
    expect(tell('online').map(([call]) => call)).toEqual(['marketStatus', 'platformStatus']);
  });
});

describe('a frame of the kinds that come most', () => {
  const FRAMES = [
    `{"type":"l2update","product_id":"BTC-USD","changes":[["buy","5","0.00000000"],["sell","7","1"]],"time":"${TIME}"}`,
    `{"type":"match","trade_id":280232,"maker_order_id":"2a0da34e","taker_order_id":"3c82abaa","side":"sell","size":"985","price":"0.00001305","product_id":"BTC-USD","sequence":177100030,"time":"${TIME}"}`,
    `{"type":"match","trade_id":280233,"maker_order_id":"2a0da34e","taker_order_id":"3c82abaa","side":"buy","size":"985","price":"0.00001305","product_id":"BTC-USD","sequence":177100031,"time":"${TIME}"}`,
  ];
  const TOPICS = [BATCH, 'matches:BTC-USD'];

  it.each(FRAMES)('is read without building it, and alike: %s', (frame) => {
    const plain = read(` ${frame}`, ...TOPICS);
    expect(plain[0]?.[0]).toMatch(/^(bookUpdate|trade)$/);
    const parse = jest.spyOn(JSON, 'parse');
    try {
      expect(read(frame, ...TOPICS)).toEqual(plain);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });

  it('is read alike however it is damaged', () => {
    const random = pseudoRandom(12);
    let hot = 0;
    for (let run = 0; run < RUNS; run++) {
      const bytes = damaged(Buffer.from(FRAMES[run % FRAMES.length]!), random).toString('latin1');
      const [calls, plain] = [read(bytes, ...TOPICS), read(` ${bytes}`, ...TOPICS)];
      if (JSON.stringify(calls) !== JSON.stringify(plain))
        throw new Error(`${bytes} is ${JSON.stringify(calls)}, not ${JSON.stringify(plain)}`);
      if (/^(bookUpdate|trade)$/.test(calls[0]?.[0] ?? '')) hot++;
    }
    expect(hot).toBeGreaterThan(RUNS / 20);
  });
});
