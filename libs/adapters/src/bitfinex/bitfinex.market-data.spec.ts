import type { Call } from '../../test/recording-sink.ts';
import { openBitfinex, receive, withChannel } from '../../test/bitfinex-session.ts';

/** What comes of frames of one topic, one after the other. */
function read(topic: string, ...frames: unknown[]): readonly Call[] {
  const session = withChannel(topic, 5);
  return frames.flatMap((content) => receive([5, ...(content as unknown[])], [topic], session));
}

/** The same as text, with the digits of the wire. */
function readText(topic: string, ...frames: string[]): readonly Call[] {
  const session = withChannel(topic, 5);
  return frames.flatMap((content) => receive(`[5,${content}]`, [topic], session));
}

const TRADES = 'trades:tBTCUSD';

describe('trades of Bitfinex', () => {
  it("have the taker's side in the sign of their amount", () => {
    expect(
      read(TRADES, ['te', [1, 1574694478808, 0.005, 7245.3]], ['te', [2, 1574694478809, -0.5, 7245]]),
    ).toEqual([
      ['trade', TRADES, 1574694478808, '1', '7245.3', '0.005', 'buy'],
      ['trade', TRADES, 1574694478809, '2', '7245', '0.5', 'sell'],
    ]);
  });

  it('come as executed and as updated under one id, by which they are one', () => {
    const row = [401597395, 1574694478808, 0.005, 7245.3];
    const [executed, updated] = read(TRADES, ['te', row], ['tu', row]);
    expect(updated).toEqual(executed);
  });

  it('begin with the latest ones, newest first on the wire and oldest first with us', () => {
    const rows = [
      [3, 1574694478810, 1, 7],
      [2, 1574694478809, -1, 6],
    ];
    expect(read(TRADES, [rows])).toEqual([
      [
        ...['recentTrades', TRADES],
        [
          { id: '2', exchangeTime: 1574694478809, amount: '1', side: 'sell', price: '6' },
          { id: '3', exchangeTime: 1574694478810, amount: '1', side: 'buy', price: '7' },
        ],
      ],
    ]);
    expect(read(TRADES, [[]])).toEqual([['recentTrades', TRADES, []]]);
  });

  it('of funding are at a rate, for so many days', () => {
    const funding = 'trades:fUSD';
    const row = [133323543, 1574694605000, -59.84, 0.00023647, 2];
    const told = [
      ...['trade', funding, 1574694605000, '133323543', '0.00023647', '59.84', 'sell', undefined, 2],
    ];
    expect(read(funding, ['fte', row], ['ftu', row])).toEqual([told, told]);
    expect(read(funding, [[row]])).toMatchObject([
      ['recentTrades', funding, [{ periodDays: 2, price: '0.00023647' }]],
    ]);
    expect(read(funding, ['fte', row.slice(0, 4)])).toEqual([['rejected', funding, expect.any(String)]]);
  });

  it('may have more columns, and keep all digits', () => {
    expect(readText(TRADES, '"te",[9007199254740993,1574694478808,-1e-7,65000.10,"new"]')).toEqual([
      ['trade', TRADES, 1574694478808, '9007199254740993', '65000.10', '0.0000001', 'sell'],
    ]);
  });

  it.each([
    ['an id', ['x', 1574694478808, 1, 7]],
    ['a time', [1, null, 1, 7]],
    ['an amount', [1, 1574694478808, 'x', 7]],
    ['a price above zero', [1, 1574694478808, 1, 0]],
    ['all columns', [1, 1574694478808, 1]],
    ['a row', 7],
  ])('are rejected without %s, one by one', (_what, row) => {
    expect(read(TRADES, ['te', row])).toEqual([['rejected', TRADES, expect.any(String)]]);
    const calls = read(TRADES, [[[1, 1574694478808, 1, 7], row]]);
    expect(calls.map(([method]) => method)).toEqual(['rejected', 'recentTrades']);
  });
});

const TICKER = 'ticker:tBTCUSD';

describe('tickers of Bitfinex', () => {
  const row = [14957, 68.17328796, 14958, 55.29588132, -659, -0.0422, 14971, 53723.08813995, 16494, 14454];

  it('have no amounts: those of Bitfinex are of 25 levels together', () => {
    expect(read(TICKER, [row])).toEqual([
      [
        ...['ticker', TICKER, undefined],
        {
          ...{ last: '14971', high: '16494', low: '14454', change: '-659', changePercent: '-4.22' },
          ...{ baseVolume: '53723.08813995', bid: '14957', ask: '14958' },
        },
      ],
    ]);
  });

  it('may have more columns, and come in a list', () => {
    const [plain] = read(TICKER, [row]);
    expect(read(TICKER, [[...row, null]])).toEqual([plain]);
    expect(read(TICKER, [[row]])).toEqual([plain]);
  });

  it('are of the time at the end of the frame, where it is asked for', () => {
    const session = withChannel(TICKER, 5);
    receive({ event: 'conf', status: 'OK', flags: 32_768 }, [], session);
    expect(receive([5, row, 1790134414850], [TICKER], session)).toMatchObject([
      ['ticker', TICKER, 1790134414850, {}],
    ]);
  });

  it('are nothing without a trade', () => {
    for (const last of [0, null])
      expect(read(TICKER, [[...row.slice(0, 6), last, ...row.slice(7)]])).toEqual([
        ['ignored', 'ticker without a trade'],
      ]);
  });

  it('leave out what is not known', () => {
    expect(read(TICKER, [[null, null, null, null, null, null, 7, null, null, null]])).toEqual([
      ['ticker', TICKER, undefined, { last: '7' }],
    ]);
  });

  it('of funding have rates, and the period before the size', () => {
    const funding = [
      ...[
        0.0003193369863013699, 0.0002401, 30, 3939629.6177260396, 0.00019012, 2, 307776.1592138799,
        -0.00005823,
      ],
      ...[-0.2344, 0.00019016, 122156333.45260866, 0.00027397, 6.8e-7, null, null, 3441851.73330503],
    ];
    expect(read('ticker:fUSD', [funding])).toMatchObject([
      [
        ...['ticker', 'ticker:fUSD', undefined],
        {
          ...{
            last: '0.00019016',
            bid: '0.0002401',
            ask: '0.00019012',
            high: '0.00027397',
            low: '0.00000068',
          },
          ...{
            baseVolume: '122156333.45260866',
            changePercent: '-23.44',
            bidPeriodDays: 30,
            askPeriodDays: 2,
          },
          ...{ flashReturnRate: '0.0003193369863013699', flashReturnAmount: '3441851.73330503' },
        },
      ],
    ]);
  });

  it('are rejected where a field is none', () => {
    expect(read(TICKER, [row.slice(0, 9)])).toEqual([['rejected', TICKER, expect.any(String)]]);
    expect(read(TICKER, [['x', ...row.slice(1)]])).toEqual([['rejected', TICKER, expect.any(String)]]);
    expect(read(TICKER, ['what'])).toEqual([['unhandled', '[5,"what"]']]);
  });
});

const DAY = 86_400_000;
const CANDLES = 'candles:trade:1m:tBTCUSD';

describe('candles of Bitfinex', () => {
  it('have the close before high and low, and do not say whether they are closed', () => {
    expect(read(CANDLES, [[1574698260000, 7379.785503, 7383.8, 7388.3, 7379.785503, 1.68829482]])).toEqual([
      [
        ...['candle', CANDLES, undefined],
        {
          ...{ interval: '1m', openTime: 1574698260000, closeTime: 1574698320000, open: '7379.785503' },
          ...{ close: '7383.8', high: '7388.3', low: '7379.785503', baseVolume: '1.68829482' },
        },
      ],
    ]);
  });

  it('begin with a list', () => {
    const rows = [
      [1574698260000, 3, 3, 3, 3, 1],
      [1574698200000, 2, 2, 2, 2, 1],
    ];
    expect(read(CANDLES, [rows])).toMatchObject([
      ['candle', CANDLES, undefined, { openTime: 1574698260000 }],
      ['candle', CANDLES, undefined, { openTime: 1574698200000 }],
    ]);
    expect(read(CANDLES, [[]])).toEqual([]);
  });

  it('of a day, a week, two weeks and a month end where the next ones begin', () => {
    const day = Date.UTC(2026, 0, 1);
    const lengths = Object.entries({
      '1D': [day, 1],
      '1W': [Date.UTC(2026, 0, 5), 7],
      '14D': [Date.UTC(1970, 0, 5) + 1_460 * 14 * DAY, 14],
      '1M': [day, 31],
    });
    for (const [frame, [openTime = 0, days = 0]] of lengths)
      expect(read(`candles:trade:${frame}:tBTCUSD`, [[openTime, 1, 1, 1, 1, 1]])).toMatchObject([
        ['candle', expect.any(String), undefined, { closeTime: openTime + days * DAY }],
      ]);
  });

  it('are rejected one by one', () => {
    expect(
      read(CANDLES, [
        [
          [1, 2, 3, 4, 5],
          [1574698200000, 2, 2, 2, 2, 1],
        ],
      ]).map(([method]) => method),
    ).toEqual(['rejected', 'candle']);
  });
});

const DERIVATIVES = 'status:deriv:tBTCF0:USTF0';

describe('the status of a derivative on Bitfinex', () => {
  const row = [
    ...[1609921474000, null, 34568.786626655, 34575.5, null, 1856521.42387705, null, 1609948800000],
    ...[
      -0.00004348,
      481,
      null,
      0,
      null,
      null,
      34593.64333333333,
      null,
      null,
      11153.74635347,
      null,
      null,
      null,
      null,
    ],
  ];

  it('is what a perpetual is valued at', () => {
    const expected = [
      ...['derivatives', DERIVATIVES, 1609921474000],
      {
        ...{ markPrice: '34593.64333333333', indexPrice: '34575.5', fundingRate: '0' },
        ...{
          nextFundingTime: 1609948800000,
          predictedFundingRate: '-0.00004348',
          openInterest: '11153.74635347',
        },
      },
    ];
    expect(read(DERIVATIVES, [row])).toEqual([expected]);
    expect(read(DERIVATIVES, [[row]])).toEqual([expected]);
    // 22 columns or 23, as of late.
    expect(read(DERIVATIVES, [[...row, 0.0025]])).toEqual([expected]);
  });

  it('leaves out what is not known', () => {
    expect(read(DERIVATIVES, [[1609921474000, ...Array<null>(13).fill(null), 7]])).toEqual([
      ['derivatives', DERIVATIVES, 1609921474000, { markPrice: '7' }],
    ]);
    expect(read(DERIVATIVES, [[1609921474000, null]])).toEqual([
      ['rejected', DERIVATIVES, expect.any(String)],
    ]);
  });
});

const LIQUIDATIONS = 'status:liq:global';

describe('liquidations on Bitfinex', () => {
  const row = (isMatch: number, amount = 0.12173, acquired: number | null = 34281): unknown[] => [
    ...[
      'pos',
      145511476,
      1609921778489,
      null,
      'tBTCF0:USTF0',
      amount,
      34618.82986269,
      null,
      isMatch,
      1,
      null,
      acquired,
    ],
  ];

  it('are those that begin, not the deals that follow', () => {
    expect(read(LIQUIDATIONS, [[row(1)]])).toEqual([['ignored', 'deal of a liquidation']]);
    expect(read(LIQUIDATIONS, [[row(0)]])).toEqual([
      [
        ...['liquidation', `${LIQUIDATIONS} of tBTCF0:USTF0`, 1609921778489],
        { side: 'sell', price: '34281', priceKind: 'trade', amount: '0.12173' },
      ],
    ]);
  });

  it('close a short position by a buy', () => {
    expect(read(LIQUIDATIONS, [row(0, -2.5)])).toMatchObject([
      ['liquidation', expect.any(String), 1609921778489, { side: 'buy', amount: '2.5' }],
    ]);
  });

  it('are at the price at which the position was opened, where no other is known', () => {
    for (const acquired of [null, 0])
      expect(read(LIQUIDATIONS, [row(0, 1, acquired)])).toMatchObject([
        ['liquidation', expect.any(String), 1609921778489, { price: '34618.82986269', priceKind: 'entry' }],
      ]);
  });

  it('are rejected one by one', () => {
    const bad = row(0).with(4, null);
    expect(read(LIQUIDATIONS, [[bad, row(0)]]).map(([method]) => method)).toEqual([
      'rejected',
      'liquidation',
    ]);
    expect(read(LIQUIDATIONS, [[['x', ...row(0).slice(1)]]]).map(([method]) => method)).toEqual(['rejected']);
  });
});

describe('what no channel of ours is made of', () => {
  it('is wanted as it comes, and nothing is made of it', () => {
    expect(read('status:something:new', [[1, 2]])).toEqual([]);
  });

  it('is not taken for anything else', () => {
    const session = withChannel(TRADES, 5, openBitfinex());
    expect(receive('[5,"xx",[1]]', [TRADES], session)).toEqual([['unhandled', '[5,"xx",[1]]']]);
    expect(receive('[5,{"a":1}]', [TRADES], session)).toEqual([['rejected', TRADES, expect.any(String)]]);
  });
});
