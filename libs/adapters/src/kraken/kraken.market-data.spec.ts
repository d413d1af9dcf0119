import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { kraken } from './kraken.adapter.ts';

function receive(frame: string, wanted: readonly string[], endpoint = 'public', session?: Session): Call[] {
  const reads = session ?? kraken().createSession({ endpoint, url: 'wss://x.test/v2', nextId: () => 1 });
  reads.subscribe(wanted);
  const sink = new RecordingSink(...wanted);
  reads.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls;
}

const trade = (id: number, more = ''): string =>
  `{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":${id},` +
  `"timestamp":"2023-09-25T07:49:37.708706Z"${more}}`;

describe('trades of Kraken', () => {
  it('are of the taker’s side, with the digits of the wire and to the microsecond', () => {
    expect(
      receive(`{"channel":"trade","type":"update","data":[${trade(4665906)}]}`, ['trade:MATIC/USD']),
    ).toEqual([
      [
        ...['trade', 'trade:MATIC/USD', Date.UTC(2023, 8, 25, 7, 49, 37, 708) + 0.706],
        ...['4665906', '0.5117', '40.0', 'sell', undefined].slice(0, 4),
      ],
    ]);
  });

  it('are at first the latest fifty, told oldest first whatever their order', () => {
    const frame = `{"channel":"trade","type":"snapshot","data":[${trade(9)},${trade(7)},${trade(8)}]}`;
    const [call] = receive(frame, ['trade:MATIC/USD']);
    expect(call?.slice(0, 2)).toEqual(['recentTrades', 'trade:MATIC/USD']);
    expect((call?.[2] as { id: string }[]).map(({ id }) => id)).toEqual(['7', '8', '9']);
  });

  it('count one by one', () => {
    expect(kraken().channels.trades?.trades?.({})).toEqual({ ids: 'contiguous', beginsWithRecent: true });
  });

  it.each([
    [trade(1).replace('sell', 'Sell'), 'side'],
    [trade(1).replace('0.5117', '0'), 'price'],
    [trade(1).replace('40.0', '-40.0'), 'qty'],
    [trade(1).replace('trade_id":1', 'trade_id":1.5'), 'trade_id'],
    [trade(1).replace('2023-09-25T', '2023-09-25 '), 'timestamp'],
  ])('that break the format are rejected, and the others count: %s', (row, field) => {
    const calls = receive(`{"channel":"trade","type":"update","data":[${row},${trade(2)}]}`, [
      'trade:MATIC/USD',
    ]);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual(['rejected', 'trade:MATIC/USD', expect.stringContaining(`data[0].${field}`)]);
    expect(calls[1]?.[0]).toBe('trade');
  });

  it('of several symbols in one frame go to each', () => {
    const other = trade(5).replace('MATIC/USD', 'BTC/USD');
    const frame = `{"channel":"trade","type":"update","data":[${trade(1)},${other},${trade(2)}]}`;
    expect(
      receive(frame, ['trade:MATIC/USD', 'trade:BTC/USD']).map(([method, topic, , id]) => [
        method,
        topic,
        id,
      ]),
    ).toEqual([
      ['trade', 'trade:MATIC/USD', '1'],
      ['trade', 'trade:MATIC/USD', '2'],
      ['trade', 'trade:BTC/USD', '5'],
    ]);
  });
});

const TICKER =
  '{"symbol":"BTC/USD","bid":108359.8,"bid_qty":0.01362603,"ask":108359.9,"ask_qty":17.17988863,"last":108359.8,' +
  '"volume":2158.32346723,"vwap":108894.5,"low":106824,"high":111300,"change":-2679.9,"change_pct":-2.41}';

describe('tickers of Kraken', () => {
  const frame = (row: string): string => `{"channel":"ticker","type":"snapshot","data":[${row}]}`;

  it('are statistics of 24 hours, on each trade', () => {
    expect(receive(frame(TICKER), ['ticker:BTC/USD'])).toEqual([
      [
        'ticker',
        'ticker:BTC/USD',
        undefined,
        {
          ...{ last: '108359.8', high: '111300', low: '106824', change: '-2679.9', changePercent: '-2.41' },
          ...{ weightedAverage: '108894.5', baseVolume: '2158.32346723' },
          ...{ bid: '108359.8', bidAmount: '0.01362603', ask: '108359.9', askAmount: '17.17988863' },
        },
      ],
    ]);
  });

  it('of newer frames bear a time', () => {
    const row = TICKER.replace('}', ',"timestamp":"2022-12-25T09:30:59.123456Z"}');
    expect(receive(frame(row), ['ticker:BTC/USD'])[0]?.[2]).toBe(
      Date.UTC(2022, 11, 25, 9, 30, 59, 123) + 0.456,
    );
  });

  it('with the trigger of the best bid and ask are quotes, on a socket of their own', () => {
    expect(receive(frame(TICKER), ['ticker:BTC/USD?event_trigger=bbo'], 'quotes')).toEqual([
      [
        ...['quote', 'ticker:BTC/USD?event_trigger=bbo', undefined, undefined],
        ...['108359.8', '0.01362603', '108359.9', '17.17988863'],
      ],
    ]);
    const { ticker, quotes } = kraken().channels;
    expect([ticker?.endpoint, quotes?.endpoint]).toEqual(['public', 'quotes']);
  });

  it('without a trade, or quotes without a side, say nothing', () => {
    expect(receive(frame(TICKER.replace('"last":108359.8', '"last":0')), ['ticker:BTC/USD'])).toEqual([
      ['ignored', 'ticker without a trade'],
    ]);
    const oneSided = TICKER.replace('"bid":108359.8', '"bid":0.0');
    expect(receive(frame(oneSided), ['ticker:BTC/USD?event_trigger=bbo'], 'quotes')).toEqual([
      ['ignored', 'quote without one of its sides'],
    ]);
  });

  it('have exponents expanded, as no price is shown with one', () => {
    const [call] = receive(frame(TICKER.replace('0.01362603', '1e-7')), ['ticker:BTC/USD']);
    expect(call?.[3]).toMatchObject({ bidAmount: '0.0000001' });
  });
});

const CANDLE =
  '{"symbol":"MATIC/USD","open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,' +
  '"volume":30927.68066226,"vwap":0.5626,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,' +
  '"timestamp":"2023-10-04T16:30:00.000000Z"}';

describe('candles of Kraken', () => {
  const frame = (row: string): string =>
    `{"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[${row}]}`;
  const FIVE = 'ohlc:MATIC/USD?interval=5';

  it('are known by their begin and never say that they are closed', () => {
    const begin = Date.UTC(2023, 9, 4, 16, 25);
    expect(receive(frame(CANDLE), [FIVE])).toEqual([
      [
        ...['candle', FIVE, undefined],
        {
          ...{ interval: '5m', openTime: begin, closeTime: begin + 300_000 },
          ...{ open: '0.5624', high: '0.5628', low: '0.5622', close: '0.5627' },
          ...{ baseVolume: '30927.68066226', tradeCount: 12 },
        },
      ],
    ]);
  });

  it('of a snapshot are the running one alone, wherever it stands: those of the past are of REST', () => {
    const past = CANDLE.replace('16:25:00.000000000', '16:20:00.000000000');
    const snapshot = (rows: string): string => frame(rows).replace('update', 'snapshot');
    for (const rows of [`${past},${CANDLE}`, `${CANDLE},${past}`]) {
      const [candle, ...others] = receive(snapshot(rows), [FIVE]);
      expect(candle?.[3]).toMatchObject({ openTime: Date.UTC(2023, 9, 4, 16, 25) });
      expect(others).toEqual([['ignored', 'candles of the past']]);
    }
    expect(receive(snapshot(CANDLE), [FIVE])).toHaveLength(1);
    expect(
      receive(snapshot(`${past.replace('0.5624', '-1')},${CANDLE}`), [FIVE])
        .map(([method]) => method)
        .sort(),
    ).toEqual(['candle', 'ignored', 'rejected'].sort());
    expect(receive(snapshot(''), [FIVE])).toEqual([['ignored', 'ohlc without rows']]);
  });

  it('do not need their end, which is deprecated', () => {
    const row = CANDLE.replace(',"timestamp":"2023-10-04T16:30:00.000000Z"', '');
    expect(receive(frame(row), [FIVE])[0]?.[0]).toBe('candle');
  });

  it('of two lengths on one connection are told apart', () => {
    const rows = `${CANDLE},${CANDLE.replace('"interval":5', '"interval":1')}`;
    expect(receive(frame(rows), [FIVE, 'ohlc:MATIC/USD?interval=1']).map((call) => call[1])).toEqual([
      FIVE,
      'ohlc:MATIC/USD?interval=1',
    ]);
  });

  it.each([
    [CANDLE.replace('"interval":5', '"interval":7'), 'unsubscribed'],
    [CANDLE.replace('2023-10-04T16:25', '2023-13-04T16:25'), 'interval_begin'],
  ])('that break the format are rejected: %s', (row, reason) => {
    expect(JSON.stringify(receive(frame(row), [FIVE]))).toContain(reason);
  });

  it('of a week begin on the day that is configured', () => {
    const week = CANDLE.replace('"interval":5', '"interval":10080').replace(
      '2023-10-04T16:25',
      '2023-10-05T00:00',
    );
    const [call] = receive(frame(week), ['ohlc:MATIC/USD?interval=10080']);
    expect(call?.[3]).toMatchObject({
      ...{ interval: '1w', openTime: Date.UTC(2023, 9, 5), closeTime: Date.UTC(2023, 9, 12) },
    });
    expect(kraken().channels.candles?.candles?.anchors?.({})).toEqual({ firstWeekday: 4 });
    expect(kraken({ firstWeekday: 1 }).channels.candles?.candles?.anchors?.({})).toEqual({ firstWeekday: 1 });
  });
});

describe('rows of Kraken', () => {
  it('that nobody wants are ignored by name, as is what has no symbol', () => {
    expect(receive(`{"channel":"trade","type":"update","data":[${trade(1)}]}`, [])).toEqual([
      ['ignored', 'unsubscribed topic'],
    ]);
    expect(receive('{"channel":"trade","type":"update","data":[7]}', [])[0]?.[0]).toBe('rejected');
    expect(receive('{"channel":"trade","type":"update","data":{}}', [])[0]?.[0]).toBe('rejected');
  });
});
