import { bitfinex } from './bitfinex.adapter.ts';
import {
  INTERVALS,
  candleKey,
  describeTopic,
  requestOf,
  topicOf,
  topics,
  topicsInFrame,
} from './bitfinex.topics.ts';

const PAIR = 'tBTCUSD';

describe('the topics of Bitfinex', () => {
  it.each([
    ['trades:tBTCUSD', topics.trades(PAIR)],
    ['ticker:fUSD', topics.ticker('fUSD')],
    ['book:P0:F0:1:tBTCUSD', topics.quotes(PAIR)],
    ['book:P0:F0:25:tBTCUSD', topics.book(PAIR, {})],
    ['book:P0:F0:250:tBTCUSD', topics.book(PAIR, { depth: 250 })],
    ['book:P4:F1:25:tDUSK:USD', topics.book('tDUSK:USD', { precision: 'P4', speed: 2_000, depth: 25 })],
    ['book:R0:100:fUSD', topics.book('fUSD', { level: 'order', depth: 100 })],
    ['candles:trade:1m:tBTCUSD', topics.candles(PAIR, { interval: '1m' })],
    ['candles:trade:1D:tBTCUSD', topics.candles(PAIR, { interval: '1d' })],
    ['candles:trade:1W:tBTCUSD', topics.candles(PAIR, { interval: '1w' })],
    ['candles:trade:14D:tBTCUSD', topics.candles(PAIR, { interval: '2w' })],
    ['candles:trade:1M:tBTCUSD', topics.candles(PAIR, { interval: '1M' })],
    ['status:deriv:tBTCF0:USTF0', topics.derivatives('tBTCF0:USTF0')],
    ['status:liq:global', topics.liquidations()],
  ])('are written %s', (expected, topic) => {
    expect(topic).toBe(expected);
  });

  it.each([
    ['trade:1m:fUSD:p30', {}],
    ['trade:1m:fUSD:p2', { period: '2' }],
    ['trade:1m:fUSD:a30:p2:p30', { aggregation: 30 }],
    ['trade:1m:fUSD:a10:p2:p120', { aggregation: 10, period: '120' }],
  ])('name the periods of candles of funding: %s', (key, params) => {
    expect(candleKey('fUSD', { interval: '1m', ...params })).toBe(key);
    expect(describeTopic(`candles:${key}`)).toEqual({
      channel: 'candles',
      nativeSymbol: 'fUSD',
      params: { interval: '1m', ...params },
    });
  });

  it('are read back to the subscription that they were built of, and asked for as what they are', () => {
    for (const [channel, declaration] of Object.entries(bitfinex().channels)) {
      const values = Object.entries(declaration.params).map(([name, { values: all, required }]) =>
        [...(required ? [] : [undefined]), ...all].map((value) =>
          value === undefined ? {} : { [name]: value },
        ),
      );
      const variants = values.reduce<Record<string, unknown>[]>(
        (sets, own) => sets.flatMap((set) => own.map((value) => ({ ...set, ...value }))),
        [{}],
      );
      for (const symbol of [PAIR, 'tDOGE:USD', 'tBTCF0:USTF0', 'fUSD'])
        for (const params of variants as Parameters<typeof declaration.topic>[1][]) {
          const topic = declaration.topic(symbol, params);
          const description = describeTopic(topic);
          // Quotes are of a book, and a topic of many instruments names none.
          const isShared = ['liquidations', 'status'].includes(channel);
          const read = channel === 'quotes' ? 'book' : channel;
          if (topic !== `status:deriv:fUSD`)
            expect(description).toMatchObject({ channel: read, nativeSymbol: isShared ? '' : symbol });
          if (channel !== 'status') expect(topicOf(requestOf(topic) ?? {})).toBe(topic);
          if (channel !== 'quotes') expect(declaration.topic(symbol, description?.params ?? {})).toBe(topic);
        }
    }
  });

  it.each([
    ...['trades', 'trades:', 'trades:BTCUSD', 'ticker:tbtcusd', 'candles:trade:7D:tBTCUSD', 'x:tBTCUSD'],
    ...['candles:trade:1m:tBTCUSD:p30', 'candles:trade:1m:fUSD', 'candles:trade:1m:fUSD:p1', 'status:x:y'],
    ...[
      'candles:trade:1m:fUSD:p030',
      'book:P5:F0:25:tBTCUSD',
      'book:P0:F0:24:tBTCUSD',
      'book:R0:F0:25:tBTCUSD',
    ],
    ...['candles:trade:1m:fUSD:a20:p2:p30', 'candles:trade:1m:fUSD:a30:p3:p30', 'status:deriv:x', ''],
  ])('are of no channel of ours: %s', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
  });

  it.each([
    ['trades:tBTCUSD', true],
    ['status:anything:new', true],
    ['candles:funding:1m:fUSD:a30:p2:p30', true],
    ['platform', false],
    ['trades:tBTCUSD","x":"', false],
    ['auth:me', false],
    [`status:${'x:'.repeat(100)}x`, false],
  ])('are taken as they come, or not: %s', (topic, isTaken) => {
    expect(bitfinex().raw?.endpoint(topic)).toBe(isTaken ? 'public' : undefined);
  });

  it.each([
    [
      '{"event":"subscribe","channel":"book","symbol":"tBFTUSD","prec":"P0","freq":"F0","len":"100"}',
      ['book:P0:F0:100:tBFTUSD'],
    ],
    // What is left out is what Bitfinex takes for it.
    ['{"event":"subscribe","channel":"book","symbol":"tBFTUSD"}', ['book:P0:F0:25:tBFTUSD']],
    [
      '{"event":"subscribe","channel":"book","symbol":"tBFTUSD","prec":"R0","freq":"F0","len":1}',
      ['book:R0:1:tBFTUSD'],
    ],
    ['{"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"}', ['candles:trade:1m:tBTCUSD']],
    ['{"event":"unsubscribe","chanId":5}', []],
    ['{"event":"conf","flags":65536}', []],
    ['ping', []],
  ])('are found in a recording: %s', (frame, found) => {
    expect(topicsInFrame(frame)).toEqual(found);
  });

  it('have every interval that Bitfinex has', () => {
    expect(INTERVALS).toEqual(['1m', '5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '1w', '2w', '1M']);
  });
});
