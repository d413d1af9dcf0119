import { describeTopic, endpointOf, topics, topicsInFrame, wishOf } from './kraken.topics.ts';

describe('topics of Kraken', () => {
  it.each([
    ['trade:BTC/USD', { channel: 'trades', nativeSymbol: 'BTC/USD', params: {} }],
    ['ticker:BTC/USD', { channel: 'ticker', nativeSymbol: 'BTC/USD', params: {} }],
    ['ticker:BTC/USD?event_trigger=bbo', { channel: 'quotes', nativeSymbol: 'BTC/USD', params: {} }],
    ['book:BTC/USD', { channel: 'book', nativeSymbol: 'BTC/USD', params: {} }],
    ['book:BTC/USD?depth=1000', { channel: 'book', nativeSymbol: 'BTC/USD', params: { depth: 1_000 } }],
    ['ohlc:BTC/USD?interval=1', { channel: 'candles', nativeSymbol: 'BTC/USD', params: { interval: '1m' } }],
    [
      'ohlc:BTC/USD?interval=21600',
      { channel: 'candles', nativeSymbol: 'BTC/USD', params: { interval: '15d' } },
    ],
    ['status', { channel: 'status', nativeSymbol: '', params: {} }],
  ])('%s says what it carries, and is written so', (topic, description) => {
    expect(describeTopic(topic)).toEqual(description);
    const { channel, nativeSymbol, params } = description as ReturnType<typeof describeTopic> & {
      channel: keyof typeof topics;
    };
    expect(topics[channel](nativeSymbol, params)).toBe(topic);
  });

  it.each([
    ...[
      '',
      'trade',
      'book:BTC/USD?depth=10',
      'book:BTC/USD?depth=7',
      'ohlc:BTC/USD',
      'ohlc:BTC/USD?interval=7',
    ],
    ...['instrument', 'heartbeat', 'level3:BTC/USD', 'trade:BTC/USD?snapshot=false', 'trade:BTC USD'],
  ])('%s is no topic of a channel of ours', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
  });

  it.each([
    ['instrument', { channel: 'instrument', params: {} }],
    [
      'instrument?execution_venue=international',
      { channel: 'instrument', params: { execution_venue: 'international' } },
    ],
    [
      'book:BTC/USD?depth=25&snapshot=false',
      { channel: 'book', symbol: 'BTC/USD', params: { depth: 25, snapshot: false } },
    ],
    ['Trade:BTC/USD', undefined],
    ['book:BTC/USD?depth', undefined],
    ['book:BTC/USD?__proto__=1', undefined],
    ['book:"BTC"{}', { channel: 'book', symbol: '"BTC"{}', params: {} }],
    [`trade:${'X'.repeat(200)}`, undefined],
  ])('%s asks for what it says', (topic, wish) => {
    expect(wishOf(topic)).toEqual(wish);
  });

  it('are served where their rows can be told apart, and what wants a token nowhere', () => {
    expect(endpointOf('ticker:BTC/USD')).toBe('public');
    expect(endpointOf('ticker:BTC/USD?event_trigger=bbo')).toBe('quotes');
    expect(endpointOf('instrument')).toBe('public');
    for (const topic of ['level3:BTC/USD', 'executions', 'balances', 'No Topic'])
      expect(endpointOf(topic)).toBeUndefined();
  });

  it.each([
    [{ channel: 'ticker', symbol: ['BTC/USD', 'ETH/USD'] }, ['ticker:BTC/USD', 'ticker:ETH/USD']],
    [{ channel: 'ticker', symbol: ['BTC/USD'], event_trigger: 'bbo' }, ['ticker:BTC/USD?event_trigger=bbo']],
    [{ channel: 'book', symbol: ['BTC/USD'], depth: 10 }, ['book:BTC/USD']],
    [{ channel: 'book', symbol: ['BTC/USD'], depth: 100 }, ['book:BTC/USD?depth=100']],
    [{ channel: 'ohlc', symbol: ['BTC/USD'] }, ['ohlc:BTC/USD?interval=1']],
    [{ channel: 'trade', symbol: ['BTC/USD'], snapshot: true }, ['trade:BTC/USD']],
    [{ channel: 'instrument' }, ['instrument']],
  ])('are found in recorded requests: %j', (params, expected) => {
    expect(topicsInFrame(JSON.stringify({ method: 'subscribe', params, req_id: 1 }))).toEqual(expected);
  });

  it.each(['{"method":"ping"}', 'no JSON', '{"method":"unsubscribe","params":{"channel":"book"}}', '[]'])(
    'are not found in %s',
    (frame) => {
      expect(topicsInFrame(frame)).toEqual([]);
    },
  );
});
