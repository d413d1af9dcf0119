import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';
import { follows } from './kraken-futures.book.ts';

function receive(frame: string, wanted: string): Call[] {
  const session = krakenFutures().createSession({
    endpoint: 'public',
    url: 'wss://x.test/ws/v1',
    nextId: () => 1,
  });
  const sink = new RecordingSink(wanted);
  session.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls;
}

const TRADES = 'trade:PI_XBTUSD';
const BOOK = 'book:PI_XBTUSD';
const TICKER = 'ticker:PI_XBTUSD';

const trade = (seq: number, type = 'fill'): string =>
  `{"feed":"trade","product_id":"PI_XBTUSD","uid":"u${seq}","side":"sell","type":"${type}","seq":${seq},` +
  `"time":1612266317519,"qty":15000,"price":34969.50}`;

describe('trades of Kraken Futures', () => {
  const row = ['trade', TRADES, 1612266317519, 'u7', '34969.50', '15000', 'sell', undefined, undefined];

  it('are of the taker’s side, with the digits of the wire, in contracts', () => {
    expect(receive(trade(7), TRADES)).toEqual([[...row, undefined]]);
    expect(receive(trade(7, 'termination'), TRADES)).toEqual([[...row, undefined]]);
  });

  it('that were agreed away from the book are marked', () => {
    expect(receive(trade(7, 'block'), TRADES)).toEqual([[...row, true]]);
  });

  it('that close a position are liquidations, too', () => {
    expect(receive(trade(7, 'liquidation'), TRADES)).toEqual([
      [...row, undefined],
      [
        ...['liquidation', TRADES, 1612266317519],
        { side: 'sell', price: '34969.50', priceKind: 'trade', amount: '15000' },
      ],
    ]);
    const { trades, liquidations } = krakenFutures().channels;
    expect(liquidations?.topic('PI_XBTUSD', {})).toBe(trades?.topic('PI_XBTUSD', {}));
  });

  it('are at first the latest, newest first on the wire and sorted by their number, liquidations of the past among them', () => {
    const frame = `{"feed":"trade_snapshot","product_id":"PI_XBTUSD","trades":[${trade(9, 'liquidation')},${trade(8, 'block')},${trade(7)}]}`;
    const calls = receive(frame, TRADES);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.slice(0, 2)).toEqual(['recentTrades', TRADES]);
    expect((calls[0]?.[2] as object[]).map((each) => ({ ...each }))).toMatchObject([
      { id: 'u7', exchangeTime: 1612266317519 },
      { id: 'u8', block: true },
      { id: 'u9' },
    ]);
  });

  it.each([
    [trade(7).replace('sell', 'short'), 'trade.side'],
    [trade(7).replace('"qty":15000', '"qty":-1'), 'trade.qty'],
    [trade(7).replace('"uid":"u7",', ''), 'trade.uid'],
    [trade(7).replace('"seq":7', '"seq":7.5'), 'trade.seq'],
    [trade(7).replace('"type":"fill",', ''), 'trade.type'],
  ])('that break the format are rejected: %s', (frame, field) => {
    expect(receive(frame, TRADES)).toEqual([['rejected', TRADES, expect.stringContaining(field)]]);
  });

  it('of a snapshot count without the one that breaks it', () => {
    const frame = `{"feed":"trade_snapshot","product_id":"PI_XBTUSD","trades":[7,${trade(7)}]}`;
    expect(receive(frame, TRADES).map(([method]) => method)).toEqual(['rejected', 'recentTrades']);
    expect(receive('{"feed":"trade_snapshot","product_id":"PI_XBTUSD"}', TRADES)[0]?.[0]).toBe('rejected');
  });
});

describe('a book of Kraken Futures', () => {
  const snapshot = (bids: string, asks: string): string =>
    `{"feed":"book_snapshot","product_id":"PI_XBTUSD","timestamp":1612269825817,"seq":326072249,"tickSize":null,` +
    `"bids":[${bids}],"asks":[${asks}]}`;
  const update = (side: string, qty: string): string =>
    `{"feed":"book","product_id":"PI_XBTUSD","side":"${side}","seq":326094134,"price":34981,"qty":${qty},` +
    `"timestamp":1612269953629}`;

  it('comes whole, without rows of nothing, the best first', () => {
    const bids = '{"price":34891.5,"qty":100},{"price":34892,"qty":0},{"price":34892.5,"qty":6385}';
    const asks = '{"price":34911.5,"qty":0.0},{"price":34912,"qty":2300}';
    expect(receive(snapshot(bids, asks), BOOK)).toEqual([
      [
        ...['bookSnapshot', BOOK, 1612269825817, { last: 326072249 }],
        [
          ['34892.5', '6385'],
          ['34891.5', '100'],
        ],
        [['34912', '2300']],
      ],
    ]);
  });

  it('changes by one level a frame, of which zero removes it', () => {
    expect(receive(update('sell', '0'), BOOK)).toEqual([
      ['bookUpdate', BOOK, 1612269953629, { last: 326094134 }, [], [['34981', '0']]],
    ]);
    expect(receive(update('buy', '5.0'), BOOK)).toEqual([
      ['bookUpdate', BOOK, 1612269953629, { last: 326094134 }, [['34981', '5.0']], []],
    ]);
  });

  it('has prices with exponents in plain notation', () => {
    const frame = update('buy', '1e6').replace('34981', '1.25e-7');
    expect(receive(frame, BOOK)[0]?.[4]).toEqual([['0.000000125', '1000000']]);
  });

  it.each([
    [101, 'follows'],
    [102, 'gap'],
    [100, 'gap'],
    [7, 'gap'],
  ])('at 100, the number %d %s: a leap, a repetition and a step back all begin it anew', (last, verdict) => {
    expect(follows(100, { last })).toBe(verdict);
  });

  it.each([
    [update('short', '1'), 'side'],
    [update('buy', '-1'), 'book.qty'],
    [update('buy', '1').replace('34981', '0'), 'book.price'],
    [update('buy', '1').replace('326094134', '-1'), 'seq'],
    [snapshot('[1,2]', ''), 'bids[0]'],
    [snapshot('', '{"price":1}'), 'asks[0].qty'],
  ])('is told of rows that are none: %s', (frame, field) => {
    expect(receive(frame, BOOK)).toEqual([['rejected', BOOK, expect.stringContaining(field)]]);
  });
});

describe('tickers of Kraken Futures', () => {
  const TICKER_FRAME =
    '{"time":1676393235406,"product_id":"PI_XBTUSD","funding_rate":-6.2604214e-11,' +
    '"funding_rate_prediction":-3.65989977e-10,"relative_funding_rate":-1.380384722222e-6,' +
    '"relative_funding_rate_prediction":-8.047629166667e-6,"next_funding_rate_time":1676394000000,"feed":"ticker",' +
    '"bid":21978.5,"ask":21987.0,"bid_size":2536.0,"ask_size":13948.0,"volume":31403908.0,"dtm":0,"leverage":"50x",' +
    '"index":21984.54,"premium":-0.0,"last":21983.5,"change":1.9974017538161748,"suspended":false,"tag":"perpetual",' +
    '"pair":"XBT:USD","openInterest":30072580.0,"markPrice":21979.68641534714,"maturityTime":0,"post_only":false,' +
    '"volumeQuote":31403908.0,"open":21968.5,"high":22123.0,"low":21456.0}';

  it('are statistics, quotes, and values with the relative rate of funding, exponents expanded', () => {
    expect(receive(TICKER_FRAME, TICKER)).toEqual([
      [
        ...['ticker', TICKER, 1676393235406],
        {
          ...{ last: '21983.5', open: '21968.5', high: '22123.0', low: '21456.0', quoteVolume: '31403908.0' },
          ...{ bid: '21978.5', bidAmount: '2536.0', ask: '21987.0', askAmount: '13948.0' },
        },
      ],
      ['quote', TICKER, 1676393235406, undefined, '21978.5', '2536.0', '21987.0', '13948.0'],
      [
        ...['derivatives', TICKER, 1676393235406],
        {
          ...{ markPrice: '21979.68641534714', indexPrice: '21984.54', openInterestContracts: '30072580.0' },
          ...{ fundingRate: '-0.000001380384722222', predictedFundingRate: '-0.000008047629166667' },
          ...{ nextFundingTime: 1676394000000 },
        },
      ],
    ]);
  });

  it('never take the absolute rate for the relative one', () => {
    const frame = TICKER_FRAME.replace(/"relative_funding_rate[a-z_]*":[^,]+,/g, '');
    const values = receive(frame, TICKER).find(([method]) => method === 'derivatives')?.[3];
    expect(values).not.toHaveProperty('fundingRate');
    expect(values).not.toHaveProperty('predictedFundingRate');
  });

  it('of linear products have their volume in base currency', () => {
    const [call] = receive(TICKER_FRAME.replaceAll('PI_XBTUSD', 'PF_XBTUSD'), 'ticker:PF_XBTUSD');
    expect(call?.[3]).toMatchObject({ baseVolume: '31403908.0' });
  });

  it('without a trade or a side tell the rest', () => {
    const frame = TICKER_FRAME.replace('"last":21983.5', '"last":0.0').replace('"bid":21978.5,', '');
    expect(receive(frame, TICKER).map(([method, detail]) => [method, detail])).toEqual([
      ['ignored', 'ticker without a trade'],
      ['ignored', 'quote without one of its sides'],
      ['derivatives', TICKER],
    ]);
  });

  it('that break the format are rejected whole', () => {
    expect(receive(TICKER_FRAME.replace('21984.54', '"x"'), TICKER)).toEqual([
      ['rejected', TICKER, expect.stringContaining('index')],
    ]);
  });
});
