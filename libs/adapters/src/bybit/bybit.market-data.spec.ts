import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { bybit } from './bybit.adapter.ts';

/** What the socket of a category makes of one frame of a wanted topic. */
function receive(frame: { topic: string } & Record<string, unknown>, endpoint = 'linear'): Call[] {
  const sink = new RecordingSink(frame.topic);
  const session = bybit().createSession({ endpoint, url: 'wss://bybit.test', nextId: () => 1 });
  session.onFrame(Buffer.from(JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const TS = 1786310819681;

const trade = (fields: object = {}): object => ({
  ...{ T: 1786310819680, s: 'BTCUSDT', S: 'Sell', v: '0.004', p: '65114.20', L: 'MinusTick' },
  ...{ i: 'a9188a0a-82bc-50de-be60-03eedbe3cdd7', BT: false, RPI: false, seq: 753843954913 },
  ...fields,
});

describe('trades of Bybit', () => {
  const topic = 'publicTrade.BTCUSDT';
  const receiveTrades = (...data: object[]): Call[] => receive({ topic, type: 'snapshot', ts: TS, data });
  const ID = 'a9188a0a-82bc-50de-be60-03eedbe3cdd7';

  it('bear the side of the taker', () => {
    expect(receiveTrades(trade(), trade({ S: 'Buy', i: 'b' }))).toEqual(
      [
        ['trade', topic, 1786310819680, ID, '65114.20', '0.004', 'sell', undefined],
        ['trade', topic, 1786310819680, 'b', '65114.20', '0.004', 'buy', undefined],
      ].map((call) => call.filter((_, index) => index < 7)),
    );
  });

  it('are known by UUIDs of derivatives and by digits beyond 2^53 of spot', () => {
    const spot = {
      i: '2280000001739247417',
      T: TS,
      p: '1923.28',
      v: '0.04537',
      S: 'Sell',
      seq: 178477362706,
    };
    const frame = {
      topic,
      ts: TS,
      type: 'snapshot',
      data: [{ ...spot, s: 'BTCUSDT', BT: false, RPI: false }],
    };
    expect(receive(frame, 'spot')[0]?.slice(2, 4)).toEqual([TS, '2280000001739247417']);
    expect(receiveTrades(trade())[0]?.[3]).toBe(ID);
  });

  it('are marked where they are block trades, and not where they are against retail orders', () => {
    expect(receiveTrades(trade({ BT: true }))[0]).toHaveProperty('9', true);
    expect(receiveTrades(trade({ RPI: true }))[0]).toHaveLength(7);
  });

  it('of options share a topic, and each goes to its own', () => {
    const data = [trade({ s: 'BTC-26DEC25-100000-C', i: '1' }), trade({ s: 'BTC-26DEC25-100000-P', i: '2' })];
    const calls = receive({ topic: 'publicTrade.BTC', type: 'snapshot', ts: TS, data }, 'option');
    expect(calls.map((call) => [call[1], call[3]])).toEqual([
      ['publicTrade.BTC of BTC-26DEC25-100000-C', '1'],
      ['publicTrade.BTC of BTC-26DEC25-100000-P', '2'],
    ]);
  });

  it('of which one is broken are told, but for that one', () => {
    expect(
      receiveTrades(trade({ i: '1' }), trade({ p: 'x' }), trade({ S: 'sell' }), trade({ i: '2' })),
    ).toEqual([
      expect.arrayContaining(['trade', '1']),
      ['rejected', topic, 'p: expected a price (decimal text above zero), got "x"'],
      ['rejected', topic, 'S: expected "Buy" or "Sell", got "sell"'],
      expect.arrayContaining(['trade', '2']),
    ]);
  });
});

describe('a book of Bybit', () => {
  const topic = 'orderbook.50.BTCUSDT';
  const book = (type: string, u: number, b: string[][], a: string[][]): Call[] =>
    receive({ topic, type, ts: TS, data: { s: 'BTCUSDT', b, a, u, seq: 7 }, cts: TS - 1 });

  it('begins with a snapshot and goes on with changes', () => {
    expect(book('snapshot', 5, [['16493.50', '0.006']], [['16611.00', '0.029']])).toEqual([
      ['bookSnapshot', topic, TS, { last: 5 }, [['16493.50', '0.006']], [['16611.00', '0.029']]],
    ]);
    expect(book('delta', 6, [['16493.50', '0']], [])).toEqual([
      ['bookUpdate', topic, TS, { last: 6 }, [['16493.50', '0']], []],
    ]);
  });

  it('is overwritten by a change that is numbered 1: the service was started anew', () => {
    expect(book('delta', 1, [['16493.50', '0.006']], [['16611.00', '0']])).toEqual([
      ['bookSnapshot', topic, TS, { last: 1 }, [['16493.50', '0.006']], []],
    ]);
  });

  it('has no level of a snapshot whose amount is zero', () => {
    const bids = [
      ['0.9511', '260.703'],
      ['0.9677', '0'],
    ];
    expect(book('snapshot', 5, bids, [])).toEqual([
      ['bookSnapshot', topic, TS, { last: 5 }, [['0.9511', '260.703']], []],
    ]);
  });

  it.each([
    ['without a number', { b: [], a: [] }, 'u: expected an integer from 0 to 2^53, got nothing'],
    ['without a side', { b: [], u: 1 }, 'a: expected an array, got nothing'],
    [
      'with levels of three values',
      { b: [['1', '2', '3']], a: [], u: 7 },
      'b[0]: expected a level [price, amount], got an array of 3',
    ],
  ])('%s is rejected', (_, data, reason) => {
    expect(receive({ topic, type: 'delta', ts: TS, data })).toEqual([['rejected', topic, reason]]);
  });

  it('of another type than we know is rejected', () => {
    const frame = { topic, type: 'reset', ts: TS, data: { b: [], a: [], u: 7 } };
    expect(receive(frame)).toEqual([
      ['rejected', topic, 'type: expected "snapshot" or "delta", got "reset"'],
    ]);
  });
});

describe('a best level of Bybit', () => {
  const topic = 'orderbook.1.BTCUSDT';
  const best = (b: string[][], a: string[][], type = 'snapshot'): Call[] =>
    receive({ topic, type, ts: TS, data: { s: 'BTCUSDT', b, a, u: 9, seq: 7 }, cts: TS - 1 }, 'spot');
  const [BIDS, ASKS] = [[['65114.20', '6.054']], [['65114.30', '10.486']]];

  it('is a quote and a whole book at once, each time anew, be it the same', () => {
    const told = [
      ['bookSnapshot', topic, TS, { last: 9 }, BIDS, ASKS],
      ['quote', topic, TS, 9, '65114.20', '6.054', '65114.30', '10.486'],
    ];
    expect(best(BIDS, ASKS)).toEqual(told);
    expect(best(BIDS, ASKS)).toEqual(told);
  });

  it.each([
    ['a bid', [], ASKS],
    ['an ask', BIDS, []],
    ['a bid with an amount', [['65114.20', '0']], ASKS],
  ])('without %s is a book, and no quote', (_, bids, asks) => {
    expect(best(bids, asks).map(([call, name]) => (call === 'ignored' ? name : call))).toEqual([
      'bookSnapshot',
      'quote without a bid or an ask',
    ]);
  });

  it('comes as snapshots only: a change is of no use', () => {
    expect(best([['65114.20', '1']], [], 'delta')).toEqual([['ignored', 'change of a best level']]);
  });
});

describe('a ticker of Bybit', () => {
  const topic = 'tickers.BTCUSDT';
  const ticker = (data: object, endpoint = 'linear', type = 'snapshot'): Call[] =>
    receive({ topic, type, data: { symbol: 'BTCUSDT', ...data }, cs: 753843900397, ts: TS }, endpoint);

  const LINEAR = {
    ...{ tickDirection: 'ZeroPlusTick', price24hPcnt: '0.001624', lastPrice: '65114.30' },
    ...{ prevPrice24h: '65008.70', highPrice24h: '65282.30', lowPrice24h: '64694.40', markPrice: '65117.44' },
    ...{ indexPrice: '65137.76', openInterest: '59891.732', openInterestValue: '3899996265.01' },
    ...{ turnover24h: '1142118412.9021', volume24h: '17573.9120', fundingIntervalHour: '8' },
    ...{ singleOpenInterest: '29945.866', singleOpenInterestValue: '1949998132.50', preOpenPrice: '' },
    ...{ nextFundingTime: '1786320000000', fundingRate: '-0.0001', bid1Price: '65114.20', bid1Size: '5.954' },
    ...{ ask1Price: '65114.30', ask1Size: '10.470', curPreListingPhase: '' },
  };

  it('of linear contracts has statistics, and what a derivative is valued at', () => {
    expect(ticker(LINEAR)).toEqual([
      [
        'ticker',
        topic,
        TS,
        {
          ...{
            last: '65114.30',
            open: '65008.70',
            high: '65282.30',
            low: '64694.40',
            changePercent: '0.1624',
          },
          ...{ baseVolume: '17573.9120', quoteVolume: '1142118412.9021' },
          ...{ bid: '65114.20', bidAmount: '5.954', ask: '65114.30', askAmount: '10.470' },
        },
      ],
      [
        'derivatives',
        topic,
        TS,
        {
          ...{ markPrice: '65117.44', indexPrice: '65137.76', fundingRate: '-0.0001' },
          ...{ nextFundingTime: 1786320000000, fundingIntervalMs: 28_800_000 },
          // Each contract once, where Bybit counts both of its sides.
          ...{ openInterest: '29945.866', openInterestValue: '1949998132.50' },
        },
      ],
    ]);
  });

  it('counts each open contract once, where only the count of both sides is told', () => {
    const [, [, , , row] = []] = ticker({
      lastPrice: '1',
      openInterest: '59891.733',
      openInterestValue: '10',
    });
    expect(row).toEqual({ openInterest: '29945.8665', openInterestValue: '5' });
  });

  it('of linear contracts goes on with what has changed, and says nothing of the rest', () => {
    expect(ticker({ bid1Price: '65114.20', bid1Size: '6.054' }, 'linear', 'delta')).toEqual([
      ['tickerUpdate', topic, TS, { bid: '65114.20', bidAmount: '6.054' }],
    ]);
    expect(ticker({ indexPrice: '65137.7' }, 'linear', 'delta')).toEqual([
      ['derivatives', topic, TS, { indexPrice: '65137.7' }],
    ]);
    expect(ticker({ tickDirection: 'PlusTick' }, 'linear', 'delta')).toEqual([]);
  });

  it('may change the amount alone, or the price alone', () => {
    expect(ticker({ bid1Size: '6.054' }, 'linear', 'delta')).toEqual([
      ['tickerUpdate', topic, TS, { bidAmount: '6.054' }],
    ]);
    expect(ticker({ ask1Price: '7' }, 'linear', 'delta')).toEqual([
      ['tickerUpdate', topic, TS, { ask: '7' }],
    ]);
  });

  it('of inverse contracts has its volume in contracts of 1 USD and its turnover in the coin', () => {
    const data = { lastPrice: '61894.00', volume24h: '391976479', turnover24h: '6363.5775' };
    const open = { singleOpenInterest: '465880248', singleOpenInterestValue: '7527.065' };
    expect(ticker({ ...data, ...open }, 'inverse').map((call) => call[3])).toEqual([
      { last: '61894.00', baseVolume: '6363.5775', quoteVolume: '391976479' },
      { openInterestContracts: '465880248', openInterest: '7527.065', openInterestValue: '465880248' },
    ]);
  });

  it('of spot is whole each time, and has neither bid nor ask', () => {
    const data = { lastPrice: '65140.5', highPrice24h: '65305.6', lowPrice24h: '64727.9' };
    const more = {
      prevPrice24h: '65045.3',
      volume24h: '2953.8',
      turnover24h: '192',
      usdIndexPrice: '65137.2',
    };
    expect(ticker({ ...data, ...more, price24hPcnt: '0.0015' }, 'spot')).toEqual([
      [
        'ticker',
        topic,
        TS,
        {
          ...{ last: '65140.5', open: '65045.3', high: '65305.6', low: '64727.9', changePercent: '0.15' },
          ...{ baseVolume: '2953.8', quoteVolume: '192' },
        },
      ],
    ]);
  });

  const OPTION = {
    ...{ bidPrice: '5', bidSize: '5.1', bidIv: '0.5', askPrice: '10', askSize: '5.1', askIv: '0.514' },
    ...{
      lastPrice: '10',
      highPrice24h: '25',
      lowPrice24h: '5',
      markPrice: '7.86976724',
      indexPrice: '16823.73',
    },
    ...{
      markPriceIv: '0.4896',
      underlyingPrice: '16815.1',
      openInterest: '49.85',
      turnover24h: '446802.8473',
    },
    ...{
      volume24h: '26.55',
      delta: '0.047831',
      gamma: '0.00021453',
      vega: '0.81351067',
      theta: '-19.9115368',
    },
    ...{ predictedDeliveryPrice: '0', change24h: '-0.33333334' },
  };

  it('of options has their quote, greeks and volatilities', () => {
    expect(ticker(OPTION, 'option')).toEqual([
      [
        'ticker',
        topic,
        TS,
        {
          ...{ last: '10', high: '25', low: '5', changePercent: '-33.333334', baseVolume: '26.55' },
          ...{ quoteVolume: '446802.8473', bid: '5', bidAmount: '5.1', ask: '10', askAmount: '5.1' },
        },
      ],
      ['quote', topic, TS, undefined, '5', '5.1', '10', '5.1'],
      [
        'option',
        topic,
        TS,
        {
          ...{ markPrice: '7.86976724', underlyingPrice: '16815.1', indexPrice: '16823.73' },
          ...{ markImpliedVolatility: '0.4896', bidImpliedVolatility: '0.5', askImpliedVolatility: '0.514' },
          ...{ delta: '0.047831', gamma: '0.00021453', vega: '0.81351067', theta: '-19.9115368' },
          openInterest: '49.85',
        },
      ],
    ]);
  });

  it('of an option for which nobody bids, and that was never traded, is still what it is valued at', () => {
    const calls = ticker({ ...OPTION, lastPrice: '', bidPrice: '0', bidSize: '0', bidIv: '0' }, 'option');
    expect(calls.map(([call, name]) => (call === 'ignored' ? name : call))).toEqual([
      'ticker of what was never traded',
      'quote without a bid or an ask',
      'option',
    ]);
    expect(calls[2]?.[3]).not.toHaveProperty('bidImpliedVolatility');
  });

  it('of which a field is broken is rejected, and nothing of it is told', () => {
    expect(ticker({ ...LINEAR, fundingRate: 'high' })).toEqual([
      ['rejected', topic, 'fundingRate: expected decimal text, got "high"'],
    ]);
    expect(ticker({ ...LINEAR, fundingIntervalHour: 'x' })[0]?.[0]).toBe('rejected');
    expect(ticker({ ...OPTION, bidSize: 'x' }, 'option')).toEqual([
      ['rejected', topic, 'bid1Size: expected an amount (decimal text, not negative), got "x"'],
    ]);
  });
});

describe('a candle of Bybit', () => {
  const topic = 'kline.5.BTCUSDT';
  const WIRE = {
    ...{ start: 1672324800000, end: 1672325099999, interval: '5', open: '16649.5', close: '16677' },
    ...{ high: '16677', low: '16608', volume: '2.081', turnover: '34666.4005', confirm: false },
    timestamp: 1672324988882,
  };
  const candle = (fields: object = {}, endpoint = 'linear'): Call[] =>
    receive({ topic, data: [{ ...WIRE, ...fields }], ts: TS, type: 'snapshot' }, endpoint);

  it('ends where the next one begins, and says whether it is over', () => {
    expect(candle()).toEqual([
      [
        'candle',
        topic,
        TS,
        {
          ...{ interval: '5m', openTime: 1672324800000, closeTime: 1672325100000, open: '16649.5' },
          ...{ high: '16677', low: '16608', close: '16677', baseVolume: '2.081', quoteVolume: '34666.4005' },
          closed: false,
        },
      ],
    ]);
    expect(candle({ confirm: true })[0]?.[3]).toMatchObject({ closed: true });
  });

  it('of inverse contracts has its volume in USD and its turnover in the coin', () => {
    expect(candle({ volume: '34666', turnover: '2.081' }, 'inverse')[0]?.[3]).toMatchObject({
      baseVolume: '2.081',
      quoteVolume: '34666',
    });
  });

  it('of an interval that Bybit does not have is rejected', () => {
    expect(candle({ interval: '7' })[0]?.[0]).toBe('rejected');
  });
});

describe('a liquidation of Bybit', () => {
  it('names the side of the position: a long one is sold', () => {
    const topic = 'allLiquidation.ROSEUSDT';
    const row = { T: 1739502302929, s: 'ROSEUSDT', S: 'Buy', v: '20000', p: '0.04499' };
    const calls = receive({ topic, type: 'snapshot', ts: TS, data: [row, { ...row, S: 'Sell' }] });
    expect(calls).toEqual(
      ['sell', 'buy'].map((side) => [
        'liquidation',
        topic,
        1739502302929,
        { side, price: '0.04499', priceKind: 'bankruptcy', amount: '20000' },
      ]),
    );
  });
});

describe('a notice of Bybit', () => {
  const topic = 'system.status';
  const NOTICE = {
    ...{ id: '4d95b2a0', title: 't06', state: 'completed', begin: '1751596902000', end: '1751597011000' },
    ...{ href: '', serviceTypes: [2, 3], product: [1, 2], uidSuffix: [], maintainType: 1, env: 1 },
  };
  const notice = (fields: object): Call[] =>
    receive({ topic, ts: TS, data: [{ ...NOTICE, ...fields }] }, 'status');

  it('says how far a maintenance has come', () => {
    expect(notice({})).toEqual([
      [
        'platformStatus',
        topic,
        TS,
        { id: '4d95b2a0', state: 'completed', text: 't06', begin: 1751596902000, end: 1751597011000 },
      ],
    ]);
    expect(notice({ state: 'canceled', href: 'https://bybit.test', end: '' })[0]?.[3]).toEqual({
      ...{ id: '4d95b2a0', state: 'cancelled', text: 't06', begin: 1751596902000, url: 'https://bybit.test' },
    });
  });

  it('of a state that is not documented is rejected', () => {
    expect(notice({ state: 'toString' })[0]?.[0]).toBe('rejected');
  });
});
