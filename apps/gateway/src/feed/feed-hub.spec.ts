import { VirtualClock } from '@exchange-stream/market-data';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { lab } from '../../../../test/lab/adapter/lab.adapter.ts';
import { FeedHub } from './feed-hub.ts';

describe('the channels of the feed', () => {
  test.each(['orders', 'fills'])('have no topic of an account, by whatever name (%s)', async (topic) => {
    const stream = new ExchangeStream({ exchanges: [lab()] }, { clock: new VirtualClock() });
    const hub = new FeedHub(stream, { epoch: 'e' } as never);
    const of = { exchange: 'lab', channel: 'raw' } as const;
    expect(() => hub.open({ ...of, symbol: topic })).toThrow('is of an account');
    expect(hub.open({ ...of, symbol: 'trades:BTC-USDT' }).name).toBe('lab raw trades:BTC-USDT');
    expect(stream.subscriptions()).toHaveLength(1);
    await stream.close();
  });
});
