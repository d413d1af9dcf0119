import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';

function open(): Session {
  return krakenFutures().createSession({ endpoint: 'public', url: 'wss://x.test/ws/v1', nextId: () => 1 });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const BTC = 'book:PF_XBTUSD';
const ETH = 'book:PF_ETHUSD';
const TRADES = 'trade:PF_XBTUSD';
const TICKER = 'ticker:PF_XBTUSD';

const subscribed = (feed: string, ...products: string[]): object => ({
  ...{ event: 'subscribed', feed, product_ids: products },
});
const error = (message: string): object => ({ event: 'error', message });

describe('a Kraken Futures session asks', () => {
  it('for all products of a feed in one message without an id, and awaits an answer for each', () => {
    const session = open();
    expect(session.subscribe([BTC, TRADES, ETH, 'heartbeat'])).toEqual([
      {
        frame: '{"event":"subscribe","feed":"book","product_ids":["PF_XBTUSD","PF_ETHUSD"]}',
        replies: [
          { key: '1 subscribe book PF_XBTUSD', topics: [BTC] },
          { key: '1 subscribe book PF_ETHUSD', topics: [ETH] },
        ],
      },
      {
        frame: '{"event":"subscribe","feed":"trade","product_ids":["PF_XBTUSD"]}',
        replies: [{ key: '2 subscribe trade PF_XBTUSD', topics: [TRADES] }],
      },
      {
        frame: '{"event":"subscribe","feed":"heartbeat"}',
        replies: [{ key: '3 subscribe heartbeat ', topics: ['heartbeat'] }],
      },
    ]);
    expect(session.unsubscribe([BTC])).toEqual([
      {
        frame: '{"event":"unsubscribe","feed":"book","product_ids":["PF_XBTUSD"]}',
        replies: [{ key: '4 unsubscribe book PF_XBTUSD', topics: [BTC] }],
      },
    ]);
    expect(session.subscribe([])).toEqual([]);
  });

  it('for signs of life by the pings of WebSocket', () => {
    expect(open().ping).toBeUndefined();
  });
});

describe('a Kraken Futures session hears', () => {
  it('what was taken, by feed and product, in one answer or several', () => {
    const session = open();
    session.subscribe([BTC, ETH, TRADES]);
    expect(receive(subscribed('book', 'PF_ETHUSD'), [], session)).toEqual([
      ['reply', '1 subscribe book PF_ETHUSD', undefined],
    ]);
    expect(receive(subscribed('trade', 'PF_XBTUSD'), [], session)).toEqual([
      ['reply', '2 subscribe trade PF_XBTUSD', undefined],
    ]);
    expect(receive(subscribed('book', 'PF_XBTUSD'), [], session)).toEqual([
      ['reply', '1 subscribe book PF_XBTUSD', undefined],
    ]);
    expect(receive(subscribed('book', 'PF_XBTUSD'), [], session)).toEqual([
      ['ignored', 'subscribe not asked for'],
    ]);
  });

  it('what was given back', () => {
    const session = open();
    session.subscribe([BTC]);
    session.unsubscribe([BTC]);
    expect(receive({ event: 'unsubscribed', feed: 'book', product_ids: ['PF_XBTUSD'] }, [], session)).toEqual(
      [['reply', '2 unsubscribe book PF_XBTUSD', undefined]],
    );
  });

  it('an error in its turn: it is of the oldest request that waits', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe(['book:PF_NOTHING']);
    session.subscribe([TRADES]);
    receive(subscribed('book', 'PF_XBTUSD'), [], session);
    expect(receive(error('Invalid product id'), [], session)).toEqual([
      [
        ...['reply', '2 subscribe book PF_NOTHING'],
        { code: 'error', message: 'Invalid product id', temporary: false },
      ],
    ]);
    expect(receive(subscribed('trade', 'PF_XBTUSD'), [], session)).toEqual([
      ['reply', '3 subscribe trade PF_XBTUSD', undefined],
    ]);
  });

  it('of an error of several products that one of them is meant', () => {
    const session = open();
    session.subscribe([BTC, 'book:PF_NOTHING']);
    const refusal = { code: 'error', message: 'Invalid product id', temporary: false, isOfSeveral: true };
    expect(receive(error('Invalid product id'), [], session)).toEqual([
      ['reply', '1 subscribe book PF_XBTUSD', refusal],
      ['reply', '1 subscribe book PF_NOTHING', refusal],
    ]);
    session.subscribe([BTC]);
    receive(subscribed('book', 'PF_XBTUSD'), [], session);
    expect(receive(error('Too many requests'), [], session)).toEqual([
      ['rejected', undefined, 'error without a request: Too many requests'],
    ]);
  });

  it('that a refusal may pass', () => {
    const session = open();
    session.subscribe([BTC]);
    expect(receive(error('Rate limit reached'), [], session)).toMatchObject([
      ['reply', '1 subscribe book PF_XBTUSD', { temporary: true }],
    ]);
  });

  it('an answer to the newest request of a product, as nobody waits for the one before', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe([BTC]);
    expect(receive(subscribed('book', 'PF_XBTUSD'), [], session)).toEqual([
      ['reply', '2 subscribe book PF_XBTUSD', undefined],
    ]);
    expect(receive(error('Invalid feed'), [], session)[0]?.[0]).toBe('rejected');
  });

  it('that what is subscribed already is so, which harms nothing', () => {
    const alert = { event: 'alert', message: 'Already subscribed to feed, re-requesting' };
    const session = open();
    session.subscribe([BTC]);
    expect(receive(alert, [], session)).toEqual([['reply', '1 subscribe book PF_XBTUSD', undefined]]);
    expect(receive(alert, [], session)).toEqual([['ignored', 'Already subscribed']]);
    expect(receive({ event: 'alert', message: 'Bad message' }, [], session)).toEqual([
      ['rejected', undefined, 'alert: Bad message'],
    ]);
  });

  it.each([
    ['{"event":"info","version":1}', 'info'],
    ['{"event":"challenge","message":"226aee50-88fc-4618-a42a-34f7709570b2"}', 'challenge'],
    ['{"feed":"heartbeat","time":1534262350627}', 'heartbeat'],
    ['{"feed":"ticker_lite","product_id":"PF_XBTUSD","bid":1}', 'ticker_lite'],
    ['{"feed":"fills_snapshot","account":"x","fills":[]}', 'fills_snapshot'],
    ['{"feed":"trade","product_id":"PF_XBTUSD"}', 'unsubscribed topic'],
  ])('what is of no use, by name: %s', (frame, name) => {
    expect(receive(frame)).toEqual([['ignored', name]]);
  });

  it.each(['[]', '7', '{}', '{"event":"what is to come"}', '{"feed":"what is to come"}', '{"feed":7}'])(
    'what it does not know: %s',
    (frame) => {
      expect(receive(frame)).toEqual([['unhandled', frame]]);
    },
  );

  it('feeds that are wanted as they come, in silence', () => {
    expect(receive('{"feed":"heartbeat","time":1}', ['heartbeat'])).toEqual([]);
    expect(receive('{"feed":"ticker_lite","product_id":"PF_XBTUSD"}', ['ticker_lite:PF_XBTUSD'])).toEqual([]);
  });

  it('binary frames that should not be, and data of nothing', () => {
    const sink = new RecordingSink();
    open().onFrame(Buffer.from('{}'), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', '{}']]);
    expect(receive('{"feed":"book","seq":1}')).toEqual([
      ['rejected', undefined, 'book: a frame without a product'],
    ]);
  });
});

describe('a suspended market of Kraken Futures', () => {
  const ticker = (more: object): object => ({
    ...{
      feed: 'ticker',
      product_id: 'PF_XBTUSD',
      time: 1,
      bid: 1,
      bid_size: 2,
      ask: 3,
      ask_size: 4,
      last: 2,
    },
    ...{ suspended: false, post_only: false, ...more },
  });
  const halts = (calls: Call[]): Call[] => calls.filter(([method]) => method === 'marketStatus');

  it.each(['suspended', 'post_only'])('is told once while it is %s, and when it is open again', (flag) => {
    const session = open();
    const hear = (more: object): Call[] => halts(receive(ticker(more), [TICKER], session));
    expect(hear({})).toEqual([]);
    expect(hear({ [flag]: true })).toEqual([
      ['marketStatus', 'PF_XBTUSD', 'halted', `the ticker of PF_XBTUSD says that it is ${flag}`],
    ]);
    expect(hear({ [flag]: true })).toEqual([]);
    expect(hear({})).toEqual([
      ['marketStatus', 'PF_XBTUSD', 'trading', 'the ticker of PF_XBTUSD says that it is open'],
    ]);
  });

  it('is not kept for suspended when nobody follows its ticker, who would hear of the end', () => {
    const session = open();
    receive(ticker({ suspended: true }), [TICKER], session);
    session.unsubscribe([TICKER]);
    expect(halts(receive({ feed: 'heartbeat' }, [], session))).toMatchObject([
      ['marketStatus', 'PF_XBTUSD', 'trading', expect.any(String)],
    ]);
    expect(halts(receive({ feed: 'heartbeat' }, [], session))).toEqual([]);
  });
});
