import { coinbase } from './coinbase.adapter.ts';
import { describeTopic, topics } from './coinbase.topics.ts';

describe('topics of Coinbase', () => {
  it('are a channel and a product', () => {
    expect(topics.trades('BTC-USD', {}, 'product')).toBe('market_trades:BTC-USD');
    expect(topics.ticker('BTC-USD', {}, 'product')).toBe('ticker:BTC-USD');
    expect(topics.ticker('BTC-USD', { speed: '5s' }, 'product')).toBe('ticker_batch:BTC-USD');
    expect(topics.quotes('BTC-USD', {}, 'product')).toBe('ticker:BTC-USD');
    expect(topics.book('BIP-20DEC30-CDE', {}, 'product')).toBe('level2:BIP-20DEC30-CDE');
    expect(topics.candles('BTC-USD', { interval: '5m' }, 'product')).toBe('candles:BTC-USD');
    expect(topics.status()).toBe('status');
  });

  it('of an alias are those of the product whose data it has', () => {
    for (const write of [topics.trades, topics.ticker, topics.quotes, topics.book, topics.candles])
      expect(write('BTC-USDC', {}, 'alias')).toBe(write('BTC-USD', {}, 'product'));
    expect(topics.book('USDT-USDC', {}, 'product')).toBe('level2:USDT-USDC');
  });

  it('describe themselves as that which is written so', () => {
    for (const topic of [
      'market_trades:BTC-USD',
      'ticker_batch:BTC-USD',
      'level2:BIT-24APR26-CDE',
      'candles:A-B',
    ]) {
      const described = describeTopic(topic)!;
      expect(described.category).toBe('product');
      const channel = coinbase().channels[described.channel]!;
      expect(channel.topic(described.nativeSymbol, described.params, described.category)).toBe(topic);
    }
    expect(describeTopic('status')).toEqual({ channel: 'status', nativeSymbol: '', params: {} });
  });

  it.each([
    'heartbeats',
    'user:BTC-USD',
    'user',
    'level2',
    'level2:',
    'level2:B',
    'status:BTC-USD',
    'l2_data:BTC-USD',
    'level2:BTC-USD,ETH-USD',
    `level2:${'A'.repeat(90)}-USD`,
    '',
  ])('that no channel is made of describe nothing: %j', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
  });

  it('can be had as they come, those of an account not', () => {
    const { raw } = coinbase();
    for (const topic of ['level2:BTC-USDC', 'ticker_batch:BTC-USD', 'heartbeats', 'status'])
      expect(raw?.endpoint(topic)).toBe('market');
    for (const topic of ['user', 'user:BTC-USD', 'futures_balance_summary', 'level2', 'level2:BTC-USD"}'])
      expect(raw?.endpoint(topic)).toBeUndefined();
  });

  it('are found in what a recorded client has sent', () => {
    const { topicsInFrame } = coinbase().recording;
    const frame = { type: 'subscribe', product_ids: ['BTC-USD', 'ETH-USD', 5], channel: 'level2' };
    expect(topicsInFrame(JSON.stringify(frame))).toEqual(['level2:BTC-USD', 'level2:ETH-USD']);
    expect(topicsInFrame(JSON.stringify({ ...frame, channel: 'heartbeats' }))).toEqual(['heartbeats']);
    for (const other of [
      { ...frame, type: 'unsubscribe' },
      { ...frame, product_ids: 'x' },
      { type: 'subscribe' },
      [frame],
    ])
      expect(topicsInFrame(JSON.stringify(other))).toEqual([]);
    expect(topicsInFrame('{')).toEqual([]);
  });
});
