import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbase } from './coinbase.adapter.ts';

const SENT = '2026-08-09T21:05:48.5Z';
const SENT_AT = Date.UTC(2026, 7, 9, 21, 5, 48, 500);

/** What is told of the events of one frame, whose topics are wanted, but for its number. */
function read(channel: string, events: readonly object[], adapter = coinbase(), ...wanted: string[]): Call[] {
  const topics = ['BTC-USD', 'ETH-USD', 'BIP-20DEC30-CDE'].map(
    (product) => `${channel === 'l2_data' ? 'level2' : channel}:${product}`,
  );
  const sink = new RecordingSink(...topics, 'status', ...wanted);
  const session = adapter.createSession({ endpoint: 'market', url: 'wss://x.test/', nextId: () => 1 });
  session.onFrame(Buffer.from(JSON.stringify({ channel, timestamp: SENT, events })), false, 0, sink);
  return sink.calls;
}

const trade = (id: number, side: string, product = 'BTC-USD'): object => ({
  ...{ product_id: product, trade_id: String(id), price: '65083.67', size: '0.01034361' },
  ...{ time: '2026-08-09T21:05:48.167634Z', side },
});
const MADE_AT = Date.UTC(2026, 7, 9, 21, 5, 48) + 167.634;

describe('trades of Coinbase', () => {
  it('come newest first and with the side of the maker', () => {
    expect(read('market_trades', [{ type: 'update', trades: [trade(2, 'BUY'), trade(1, 'SELL')] }])).toEqual([
      ['trade', 'market_trades:BTC-USD', MADE_AT, '1', '65083.67', '0.01034361', 'buy'],
      ['trade', 'market_trades:BTC-USD', MADE_AT, '2', '65083.67', '0.01034361', 'sell'],
    ]);
  });

  it('begin with the latest hundred of each product, oldest first', () => {
    const trades = [trade(12, 'BUY'), trade(11, 'SELL'), trade(7, 'SELL', 'ETH-USD')];
    const row = (id: string, side: string): object => ({
      ...{ id, price: '65083.67', amount: '0.01034361', side, exchangeTime: MADE_AT },
    });
    expect(read('market_trades', [{ type: 'snapshot', trades }])).toEqual([
      ['recentTrades', 'market_trades:ETH-USD', [row('7', 'buy')]],
      ['recentTrades', 'market_trades:BTC-USD', [row('11', 'buy'), row('12', 'sell')]],
    ]);
  });

  it('are rejected one by one, and the others count', () => {
    const trades = [trade(3, 'BUY'), { ...trade(2, 'BUY'), side: 'HOLD' }, trade(1, 'BUY'), 5];
    expect(
      read('market_trades', [{ type: 'update', trades }]).map(([call, , reason]) => [call, reason]),
    ).toEqual([
      ['rejected', 'trades[3]: expected an object, got 5'],
      ['trade', MADE_AT],
      ['rejected', 'trades[1].side: expected "BUY" or "SELL", got "HOLD"'],
      ['trade', MADE_AT],
    ]);
  });
});

describe('a book of Coinbase', () => {
  const level = (side: string, price_level: string, new_quantity: string, event_time?: string): object => ({
    ...{ side, price_level, new_quantity, event_time },
  });
  const at = '2026-08-09T21:05:48.170326Z';
  const AT = Date.UTC(2026, 7, 9, 21, 5, 48) + 170.326;

  it('is subscribed as level2 and comes as l2_data, whole first and then by its changes', () => {
    const updates = [level('bid', '5', '1', at), level('bid', '4', '2', at), level('offer', '6', '3', at)];
    expect(
      read('l2_data', [
        { type: 'snapshot', product_id: 'BTC-USD', updates },
        { type: 'update', product_id: 'BTC-USD', updates: [level('offer', '6', '0.00000000', at)] },
      ]),
    ).toEqual([
      [
        'bookSnapshot',
        'level2:BTC-USD',
        AT,
        undefined,
        [
          ['5', '1'],
          ['4', '2'],
        ],
        [['6', '3']],
      ],
      ['bookUpdate', 'level2:BTC-USD', AT, undefined, [], [['6', '0.00000000']]],
    ]);
  });

  it('is of the time of its frame, where its own is of 1970 or absent', () => {
    for (const time of ['1970-01-01T00:00:00Z', undefined]) {
      const updates = [level('bid', '5', '1', time)];
      expect(read('l2_data', [{ type: 'snapshot', product_id: 'BTC-USD', updates }])[0]?.[2]).toBe(SENT_AT);
    }
  });

  it.each([
    ['a side that is none', level('ask', '6', '1', at)],
    ['a price of zero', level('bid', '0', '1', at)],
    ['a negative amount', level('bid', '5', '-1', at)],
    ['a level that is none', 7],
    ['a time that is none', level('bid', '5', '1', 'yesterday')],
  ])('takes nothing of an event with %s, and lacks it', (_, wrong) => {
    const updates = [wrong, level('bid', '4', '1', at)];
    expect(read('l2_data', [{ type: 'update', product_id: 'BTC-USD', updates }])).toEqual([
      ['rejected', 'level2:BTC-USD', expect.any(String)],
    ]);
  });

  it('does not suffer from a bad event of another product', () => {
    const good = { type: 'update', product_id: 'ETH-USD', updates: [level('bid', '4', '1', at)] };
    expect(
      read('l2_data', [{ type: 'moo', product_id: 'BTC-USD', updates: [] }, good]).map((call) =>
        call.slice(0, 2),
      ),
    ).toEqual([
      ['rejected', 'level2:BTC-USD'],
      ['bookUpdate', 'level2:ETH-USD'],
    ]);
  });
});

describe('a ticker of Coinbase', () => {
  const ticker = {
    ...{ type: 'ticker', product_id: 'BTC-USD', price: '65086.18', volume_24_h: '2867.54532609' },
    ...{ low_24_h: '64675.22', high_24_h: '65252.99', low_52_w: '57717.55', high_52_w: '126296' },
    ...{ price_percent_chg_24_h: '-0.09601107287722', best_bid: '65083.66', best_ask: '65083.67' },
    ...{ best_bid_quantity: '0.20371215', best_ask_quantity: '0.24290402' },
  };

  it('has the best prices, which are a quote, too', () => {
    expect(read('ticker', [{ type: 'update', tickers: [ticker] }])).toEqual([
      [
        ...['ticker', 'ticker:BTC-USD', SENT_AT],
        {
          ...{ last: '65086.18', high: '65252.99', low: '64675.22', changePercent: '-0.09601107287722' },
          ...{ baseVolume: '2867.54532609', bid: '65083.66', bidAmount: '0.20371215' },
          ...{ ask: '65083.67', askAmount: '0.24290402' },
        },
      ],
      ['quote', 'ticker:BTC-USD', SENT_AT, undefined, '65083.66', '0.20371215', '65083.67', '0.24290402'],
    ]);
  });

  it('has none every five seconds, and with an empty side no quote', () => {
    const { best_bid: _bid, best_ask: _ask, ...batch } = ticker;
    expect(read('ticker_batch', [{ type: 'update', tickers: [batch] }]).map(([call]) => call)).toEqual([
      'ticker',
    ]);
    expect(
      read('ticker', [{ type: 'update', tickers: [{ ...ticker, best_bid: '', best_bid_quantity: '' }] }]),
    ).toEqual([['ticker', 'ticker:BTC-USD', SENT_AT, expect.not.objectContaining({ bid: '' })]]);
  });

  it('of a future says nothing of the volume, which counts contracts', () => {
    const tickers = [{ ...ticker, product_id: 'BIP-20DEC30-CDE' }];
    expect(read('ticker', [{ type: 'update', tickers }])[0]?.[3]).not.toHaveProperty('baseVolume');
  });
});

describe('a candle of Coinbase', () => {
  const candle = {
    ...{ start: '1786309500', high: '65091', low: '65083.56', open: '65091', close: '65083.67' },
    ...{ volume: '1.0555351', product_id: 'BTC-USD' },
  };

  it('is of five minutes, begins in seconds, and does not say whether it is closed', () => {
    expect(read('candles', [{ type: 'update', candles: [candle] }])).toEqual([
      [
        ...['candle', 'candles:BTC-USD', SENT_AT],
        {
          ...{ interval: '5m', openTime: 1_786_309_500_000, closeTime: 1_786_309_800_000 },
          ...{ open: '65091', high: '65091', low: '65083.56', close: '65083.67', baseVolume: '1.0555351' },
        },
      ],
    ]);
  });

  it('of a future counts contracts, whose size the list of futures tells', () => {
    const adapter = coinbase();
    const events = [
      { type: 'update', candles: [{ ...candle, product_id: 'BIP-20DEC30-CDE', volume: '31' }] },
    ];
    expect(read('candles', events, adapter)).toEqual([['ignored', 'candle of a contract of unknown size']]);
    const product = {
      ...{ product_id: 'BIP-20DEC30-CDE', product_type: 'FUTURE', quote_currency_id: 'USD', status: '' },
      future_product_details: {
        ...{ contract_expiry: '2030-12-20T16:00:00Z', contract_size: '0.01', contract_root_unit: 'BTC' },
        funding_interval: '3600s',
      },
    };
    adapter.rest.instruments.parse(JSON.stringify({ products: [product] }), { part: 'FUTURE' }, () => {});
    expect(read('candles', events, adapter)[0]?.[3]).toMatchObject({ baseVolume: '0.31' });
  });
});

describe('the status of Coinbase', () => {
  it('is told as notices and halts, of what has changed and of the alias that has the same book', () => {
    const adapter = coinbase();
    const session = adapter.createSession({ endpoint: 'market', url: 'wss://x.test/', nextId: () => 1 });
    const tell = (products: readonly object[], currencies: readonly object[] = []): Call[] => {
      const sink = new RecordingSink('status');
      const events = [{ type: 'update', products, currencies }];
      session.onFrame(
        Buffer.from(JSON.stringify({ channel: 'status', timestamp: SENT, events })),
        false,
        0,
        sink,
      );
      return sink.calls;
    };
    const row = (id: string, status: string, status_message = ''): object => ({ id, status, status_message });
    expect(tell([row('BTC-USD', 'online'), row('ETH-EUR', 'online')])).toEqual([
      ['ignored', 'status, nothing new'],
    ]);
    expect(tell([row('BTC-USD', 'offline', 'at work'), row('ETH-EUR', 'online')])).toEqual([
      ['marketStatus', 'BTC-USD', 'halted', 'BTC-USD is offline: at work', 'product'],
      ['marketStatus', 'BTC-USDC', 'halted', 'BTC-USD is offline: at work', 'alias'],
      [
        ...['platformStatus', 'status', SENT_AT],
        { id: 'product BTC-USD', state: 'ongoing', text: 'BTC-USD is offline: at work' },
      ],
    ]);
    expect(tell([row('BTC-USD', 'offline')])).toEqual([['ignored', 'status, nothing new']]);
    expect(tell([row('BTC-USD', 'online')]).map(([call, , what]) => [call, what])).toEqual([
      ['marketStatus', 'trading'],
      ['marketStatus', 'trading'],
      ['platformStatus', SENT_AT],
    ]);
    expect(
      tell([{ id: 5 }, row('ETH-EUR', 'delisted')], [row('XYZ', 'offline')]).map(([call]) => call),
    ).toEqual([...['rejected', 'marketStatus', 'platformStatus', 'platformStatus']]);
  });
});
