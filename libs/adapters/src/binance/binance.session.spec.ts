import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { binance } from './binance.adapter.ts';
import type { Session } from '@exchange-stream/nestjs/contract';

const COMBINED = 'wss://stream.binance.com:9443/stream';
const RAW = 'wss://stream.binance.com:9443/ws';

function open(url: string = COMBINED): Session {
  let id = 0;
  return binance().createSession({ endpoint: 'public', url, nextId: () => ++id });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const TRADE = {
  ...{ e: 'trade', E: 1672515782136, s: 'BNBBTC', t: 12345, p: '0.001', q: '100', T: 1672515782136 },
  ...{ m: true, M: true },
};
const AGG_TRADE = { ...TRADE, e: 'aggTrade', a: 1, f: 1, l: 2 };
const QUOTE = {
  u: 400900217,
  s: 'BNBBTC',
  b: '25.35190000',
  B: '31.21000000',
  a: '25.36520000',
  A: '40.66000000',
};
const TICKER = { e: '24hrTicker', E: 123456789, s: 'BNBBTC', c: '0.0025' };
const UPDATE = { e: 'depthUpdate', E: 1672515782136, s: 'BNBBTC', U: 157, u: 160, b: [], a: [] };
const PARTIAL = { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '100']] };
const KLINE = {
  ...{ e: 'kline', E: 1672515782136, s: 'BNBBTC' },
  k: {
    ...{ t: 1672515780000, T: 1672515839999, s: 'BNBBTC', i: '1m', o: '0.0010', c: '0.0020', h: '0.0025' },
    ...{ l: '0.0015', v: '1000', n: 100, x: false, q: '1.0000', V: '500', Q: '0.500' },
  },
};

describe('a Binance session asks', () => {
  it('for topics, under the id by which the answer will come', () => {
    const session = open();
    expect(session.subscribe(['bnbbtc@trade', 'bnbbtc@depth@100ms'])).toEqual([
      {
        frame: '{"method":"SUBSCRIBE","params":["bnbbtc@trade","bnbbtc@depth@100ms"],"id":1}',
        replies: [{ key: '1', topics: ['bnbbtc@trade', 'bnbbtc@depth@100ms'] }],
      },
    ]);
    expect(session.unsubscribe(['bnbbtc@trade'])).toEqual([
      {
        frame: '{"method":"UNSUBSCRIBE","params":["bnbbtc@trade"],"id":2}',
        replies: [{ key: '2', topics: ['bnbbtc@trade'] }],
      },
    ]);
  });

  it('for no more topics in one message than is safe, and each topic once', () => {
    const { safe } = binance().endpoints.public!.limits.topicsPerMessage;
    const topics = Array.from({ length: 2 * safe + 1 }, (_, index) => `s${index}usdt@depth@100ms`);
    const frames = open().subscribe(topics);
    expect(frames.map(({ replies }) => replies[0]?.topics.length)).toEqual([safe, safe, 1]);
    expect(frames.map(({ replies }) => replies[0]?.key)).toEqual(['1', '2', '3']);
    expect(frames.flatMap(({ replies }) => replies[0]?.topics)).toEqual(topics);
    for (const { frame } of frames) expect(Buffer.byteLength(frame)).toBeLessThan(4096);
  });

  it('nothing when there is nothing to ask for', () => {
    expect(open().subscribe([])).toEqual([]);
  });
});

describe('a Binance session leaves a topic that no channel reads', () => {
  it.each([
    ['{"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker"}]}', '!miniTicker@arr'],
    ['{"stream":"btcusdt@avgPrice","data":{"e":"avgPrice"}}', 'btcusdt@avgPrice'],
    ['{"stream":"btcusdt@new","data":"anything"}', 'btcusdt@new'],
  ])('to those who want it as it comes: %s', (frame, topic) => {
    expect(receive(frame, [topic])).toEqual([]);
  });
});

describe('a Binance session hears', () => {
  it.each([
    ['{"result":null,"id":1}', ['reply', '1']],
    ['{"result":null,"id":"abc"}', ['reply', 'abc']],
    [
      '{"code":2,"msg":"Invalid request: too many parameters","id":7}',
      ['reply', '7', { code: '2', message: 'Invalid request: too many parameters', temporary: false }],
    ],
    [
      '{"error":{"code":-1003,"msg":"Too much request weight used"},"id":8}',
      ['reply', '8', { code: '-1003', message: 'Too much request weight used', temporary: true }],
    ],
    [
      '{"id":9,"result":null,"error":{"code":-1121,"msg":"Invalid symbol."}}',
      ['reply', '9', { code: '-1121', message: 'Invalid symbol.', temporary: false }],
    ],
    [
      '{"error":"no","id":3}',
      ['reply', '3', { code: 'unknown', message: 'the exchange gave no message', temporary: false }],
    ],
    [
      '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}',
      [
        'rejected',
        undefined,
        'error without a request id: 3 Invalid JSON: expected value at line 1 column 1',
      ],
    ],
    ['{"result":null,"id":null}', ['rejected', undefined, 'reply without a request id']],
    ['{"result":null,"id":9007199254740993}', ['rejected', undefined, 'reply without a request id']],
    ['{"result":["btcusdt@aggTrade"],"id":3}', ['reply', '3']],
    ['{"result":true,"id":3}', ['reply', '3']],
    ['{"result":["btcusdt@aggTrade"]}', ['ignored', 'LIST_SUBSCRIPTIONS']],
    ['{"result":true}', ['ignored', 'GET_PROPERTY']],
    ['{"e":"serverShutdown","E":1770123456789}', ['closing', 'serverShutdown']],
    [
      '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
      ['closing', 'serverShutdown'],
    ],
    ['{"event":{"e":"serverShutdown","E":1770123456789}}', ['closing', 'serverShutdown']],
    [
      '{"stream":"btcusdt@miniTicker","data":{"e":"24hrMiniTicker","s":"BTCUSDT"}}',
      ['ignored', '24hrMiniTicker'],
    ],
    ['{"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker"}]}', ['ignored', '24hrMiniTicker']],
    ['[{"e":"24hrMiniTicker","s":"BTCUSDT"}]', ['ignored', '24hrMiniTicker']],
    ['{"e":"avgPrice","s":"BTCUSDT"}', ['ignored', 'avgPrice']],
    ['{"e":"blockTrade","s":"BTCUSDT"}', ['ignored', 'blockTrade']],
    ['{"subscriptionId":0,"event":{"e":"executionReport"}}', ['ignored', 'executionReport']],
    ['{"stream":"btcusdt@depth5","data":{"lastUpdateId":1}}', ['ignored', 'unsubscribed topic']],
    ['{"stream":"btcusdt@newThing","data":{"e":"newThing"}}', ['ignored', 'unsubscribed topic']],
    ['{"stream":"btcusdt@trade"}', ['ignored', 'unsubscribed topic']],
  ] as const)('%s', (frame, call) => {
    const [heard, ...more] = receive(frame);
    expect(heard?.filter((part, index) => index < 2 || part !== undefined)).toEqual(call);
    expect(more).toEqual([]);
  });

  it.each([
    '{"e":"newThing"}',
    '{}',
    '[]',
    'null',
    '7',
    '"ping"',
    '{"hello":{"world":1}}',
    '{"e":{},"s":[]}',
  ])('that it does not know the frame %s', (frame) => {
    expect(receive(frame)).toEqual([['unhandled', frame]]);
  });

  it('nothing in a binary frame, nor on a wanted topic that no channel builds', () => {
    const sink = new RecordingSink('bnbbtc@trade');
    const frame = JSON.stringify({ stream: 'bnbbtc@trade', data: TRADE });
    open().onFrame(Buffer.from(frame), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', frame]]);
  });

  it('data before the ack, and symbols of any script', () => {
    const topic = '币安人生usdt@trade';
    const [call] = receive({ stream: topic, data: { ...TRADE, s: '币安人生USDT' } }, [topic]);
    expect(call).toEqual(['trade', topic, 1672515782136, '12345', '0.001', '100', 'sell']);
  });

  it('nested JSON of any depth without falling over', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(receive(`{"stream":"bnbbtc@trade","data":${deep}}`, ['bnbbtc@trade'])).toEqual([
      ['rejected', 'bnbbtc@trade', 'data: expected an object, got an array of 1'],
    ]);
    expect(
      receive(`{"stream":"bnbbtc@depth","data":{"e":"depthUpdate","U":1,"u":1,"E":1,"b":${deep}}}`, [
        'bnbbtc@depth',
      ]),
    ).toEqual([['rejected', 'bnbbtc@depth', 'b[0]: expected a level [price, amount], got an array of 1']]);
  });

  it('a frame that is not JSON with an exception, for the engine to count', () => {
    expect(() => receive('<html>')).toThrow(SyntaxError);
  });
});

describe('a raw Binance session', () => {
  it.each([
    [TRADE, 'bnbbtc@trade', 'trade'],
    [AGG_TRADE, 'bnbbtc@aggTrade', 'trade'],
    [TICKER, 'bnbbtc@ticker', 'ticker'],
    [QUOTE, 'bnbbtc@bookTicker', 'quote'],
    [UPDATE, 'bnbbtc@depth@100ms', 'bookUpdate'],
    [UPDATE, 'bnbbtc@depth', 'bookUpdate'],
    [KLINE, 'bnbbtc@kline_1m', 'candle'],
    [KLINE, 'bnbbtc@kline_1m@+08:00', 'candle'],
    [PARTIAL, 'bnbbtc@depth10', 'bookSnapshot'],
  ])('finds the topic of %j: %s', (frame, topic, method) => {
    const others = ['ethbtc@trade', 'ethbtc@depth@100ms', 'bnbbtc@kline_5m'];
    const fromUrl = open(`${RAW}/${[topic, ...others].join('/')}`);
    expect(receive(frame, [topic, ...others], fromUrl)[0]?.slice(0, 2)).toEqual([method, topic]);

    const subscribed = open(RAW);
    subscribed.subscribe([topic, ...others]);
    expect(receive(frame, [topic, ...others], subscribed)[0]?.slice(0, 2)).toEqual([method, topic]);
  });

  it('says so when a frame may be of two topics', () => {
    expect(receive(UPDATE, ['bnbbtc@depth', 'bnbbtc@depth@100ms'], open(RAW))).toEqual([
      ['rejected', undefined, 'raw depthUpdate may be of bnbbtc@depth@100ms and of bnbbtc@depth'],
    ]);
    const session = open(`${RAW}/bnbbtc@depth5/ethbtc@depth5`);
    expect(receive(PARTIAL, ['bnbbtc@depth5', 'ethbtc@depth5'], session)).toEqual([
      ['rejected', undefined, 'raw partialDepth may be of bnbbtc@depth5 and of ethbtc@depth5'],
    ]);
    session.unsubscribe(['ethbtc@depth5']);
    expect(receive(PARTIAL, ['bnbbtc@depth5', 'ethbtc@depth5'], session)[0]?.[0]).toBe('bookSnapshot');
  });

  it('leaves what nobody subscribed, and rejects what tells no symbol', () => {
    expect(receive(TRADE, [], open(RAW))).toEqual([['ignored', 'unsubscribed topic']]);
    expect(receive(PARTIAL, [], open(RAW))).toEqual([['ignored', 'unsubscribed topic']]);
    expect(receive({ ...TRADE, s: 7 }, [], open(RAW))).toEqual([
      ['rejected', undefined, 'raw trade without symbol or interval'],
    ]);
    expect(receive({ ...KLINE, k: null }, [], open(RAW))).toEqual([
      ['rejected', undefined, 'raw kline without symbol or interval'],
    ]);
  });

  it('reads microseconds when its URL asks for them', () => {
    const session = open(`${RAW}/bnbbtc@trade?timeUnit=microsecond`);
    expect(receive({ ...TRADE, T: 1672515782136123 }, ['bnbbtc@trade'], session)[0]?.[2]).toBe(
      1672515782136.123,
    );
  });
});
