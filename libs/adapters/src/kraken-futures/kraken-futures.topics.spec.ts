import { describeTopic, endpointOf, topics, topicsInFrame, wishOf } from './kraken-futures.topics.ts';

describe('topics of Kraken Futures', () => {
  it.each([
    ['trade:PF_XBTUSD', 'trades'],
    ['ticker:PI_XBTUSD', 'ticker'],
    ['book:FI_XBTUSD_260327', 'book'],
  ])('%s is of %s', (topic, channel) => {
    const [, nativeSymbol = ''] = topic.split(':');
    expect(describeTopic(topic)).toEqual({ channel, nativeSymbol, params: {} });
    expect(topics[channel as keyof typeof topics](nativeSymbol)).toBe(topic);
  });

  it.each([
    '',
    'trade',
    'heartbeat',
    'ticker_lite:PF_XBTUSD',
    'Book:PF_XBTUSD',
    'book:',
    `book:${'X'.repeat(99)}`,
  ])('%s is no topic of a channel of ours', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
  });

  it('may be had as they come, but for those of an account and what comes unasked', () => {
    expect(endpointOf('heartbeat')).toBe('public');
    expect(endpointOf('ticker_lite:PF_XBTUSD')).toBe('public');
    for (const topic of [
      'fills',
      'open_orders',
      'account_log',
      'trade_snapshot:PF_XBTUSD',
      'No Topic',
      '__proto__',
    ])
      expect(endpointOf(topic)).toBeUndefined();
    expect(wishOf('book:PF_"{}')).toBeUndefined();
  });

  it.each([
    [
      { event: 'subscribe', feed: 'book', product_ids: ['PF_XBTUSD', 'PI_XBTUSD'] },
      ['book:PF_XBTUSD', 'book:PI_XBTUSD'],
    ],
    [{ event: 'subscribe', feed: 'heartbeat' }, ['heartbeat']],
    [{ event: 'unsubscribe', feed: 'heartbeat' }, []],
    [{ event: 'subscribe' }, []],
  ])('are found in recorded requests: %j', (frame, expected) => {
    expect(topicsInFrame(JSON.stringify(frame))).toEqual(expected);
    expect(topicsInFrame('no JSON')).toEqual([]);
  });
});
