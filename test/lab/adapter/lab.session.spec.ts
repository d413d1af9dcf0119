import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../../libs/adapters/test/recording-sink.ts';
import { lab, type LabOptions } from './lab.adapter.ts';

function open(options: LabOptions = {}, endpoint = 'public'): Session {
  let id = 0;
  return lab(options).createSession({ endpoint, url: `wss://lab.test/${endpoint}`, nextId: () => ++id });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(
  frame: string | object,
  wanted: readonly string[] = [],
  session: Session = open(),
  binary = false,
): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), binary, 0, sink);
  return sink.calls;
}

/** The beginning of each call: which method, and of which topic. */
function heads(calls: readonly Call[]): unknown[] {
  return calls.map(([method, topic]) => [method, topic]);
}

function methods(calls: readonly Call[]): string[] {
  return calls.map(([method]) => method);
}

const TRADES = 'trades:BTC-USDT';
const BOOK = 'book:BTC-USDT';
const TRADE = { id: '123', price: '100.00', amount: '0.5', side: 'buy', time: 1767225600100 };

const data = (topic: string, content: unknown): object => ({ topic, time: 1767225600123, data: content });

describe('a Lab session asks', () => {
  it('for topics in one request, decided by one reply', () => {
    const session = open();
    expect(session.subscribe([TRADES, BOOK])).toEqual([
      {
        frame: `{"op":"subscribe","id":1,"topics":["${TRADES}","${BOOK}"]}`,
        replies: [{ key: '1', topics: [TRADES, BOOK] }],
      },
    ]);
    expect(session.unsubscribe([TRADES])).toEqual([
      {
        frame: `{"op":"unsubscribe","id":2,"topics":["${TRADES}"]}`,
        replies: [{ key: '2', topics: [TRADES] }],
      },
    ]);
  });

  it.each(['topic', 'channel'] as const)('for topics that are decided one by one (acks: %s)', (acks) => {
    const [request] = open({ acks }).subscribe([TRADES, BOOK]);
    expect(request?.replies).toEqual([
      { key: `1 ${TRADES}`, topics: [TRADES] },
      { key: `1 ${BOOK}`, topics: [BOOK] },
    ]);
  });

  it('in no message for more topics, nor of more bytes, than the exchange takes', () => {
    const topics = Array.from({ length: 45 }, (_, index) => `trades:COIN${index}-USDT`);
    expect(
      open()
        .subscribe(topics)
        .map(({ frame }) => topicsOf(frame).length),
    ).toEqual([20, 20, 5]);

    const frames = open({ limits: { bytesPerMessage: 200 } })
      .subscribe(topics)
      .map(({ frame }) => frame);
    for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(200);
    expect(frames.length).toBeLessThan(10);
    expect(frames.flatMap(topicsOf)).toEqual(topics);
  });

  it('counts bytes, not characters, and sends a topic that is too long by itself', () => {
    const topics = ['trades:äöüäöüäöüäöü-USDT', 'trades:币币币币币币币-USDT', `trades:${'X'.repeat(100)}`];
    const frames = open({ limits: { bytesPerMessage: 90 } })
      .subscribe(topics)
      .map(({ frame }) => frame);
    expect(frames.map(topicsOf)).toEqual(topics.map((topic) => [topic]));
  });

  it('for a sign of life in the words of the dialect', () => {
    expect(open({ heartbeat: 'text' }).ping?.()).toBe('ping');
    expect(open({ heartbeat: 'json' }).ping?.()).toBe('{"op":"ping","id":1}');
    expect(open({ heartbeat: 'websocket' }).ping).toBeUndefined();
    expect(open({ heartbeat: 'test-request' }).ping).toBeUndefined();
  });

  it('for numbers on its frames before anything else, where it is told to', () => {
    expect(open({}).introduce).toBeUndefined();
    const session = open({ numbered: true });
    expect(session.introduce?.()).toEqual([
      { frame: '{"op":"flags","id":1,"flags":1}', replies: [{ key: '1', topics: [] }] },
    ]);
    expect(receive('{"flags":1,"id":1}', [], session)).toEqual([
      ['framesCountFrom', 1],
      ['reply', '1', undefined],
    ]);
  });

  it('to be let in where a login is needed, and nowhere else', () => {
    const credentials = { key: 'lab-key', secret: 'lab-secret' };
    expect(open({}, 'public').login).toBeUndefined();
    expect(open({}, 'market').login).toBeUndefined();
    const login = open({}, 'private').login?.(credentials, 1767225600123, { nextNonce: () => 1 });
    expect(login?.replies).toEqual([{ key: '1', topics: [] }]);
    // echo -n 1767225600123 | openssl dgst -sha256 -hmac lab-secret
    expect(JSON.parse(login?.frame ?? '')).toEqual({
      op: 'login',
      id: 1,
      key: 'lab-key',
      time: 1767225600123,
      signature: '072192a1e8d7ad6387c57a40932b02b2dd1bdfdd9e774b1d1dae489e2d825dd0',
    });
    expect(login?.frame).not.toContain('lab-secret');
    expect(open({}, 'trading').login).toBeDefined();
  });

  it('to be let in by a nonce, where the dialect has it so', () => {
    const credentials = { key: 'lab-key', secret: 'lab-secret' };
    const session = open({ entry: 'nonce' }, 'private');
    const login = session.login?.(credentials, 1767225600123, { nextNonce: () => 17 });
    // echo -n 17 | openssl dgst -sha256 -hmac lab-secret
    expect(JSON.parse(login?.frame ?? '')).toEqual({
      op: 'login',
      id: 1,
      key: 'lab-key',
      nonce: 17,
      signature: '159674f23cb283707cbf4536a3e885264e261cb7a013c2ab66d562b3a4352927',
    });
  });

  it.each(['token', 'listen'] as const)(
    'for nothing more where the URL has let it in (entry: %s)',
    (entry) => {
      expect(open({ entry }, 'private').login).toBeUndefined();
      expect(open({ entry }, 'trading').login).toBeUndefined();
    },
  );
});

describe('a Lab session hears', () => {
  it('one answer for all', () => {
    const session = open();
    session.subscribe([TRADES, BOOK]);
    expect(receive('{"ack":1}', [], session)).toEqual([['reply', '1', undefined]]);
  });

  it.each([
    [1, false, undefined],
    [2, false, true],
    [3, true, undefined],
    [5, false, undefined],
    [7, false, undefined],
    // Right if signed anew.
    [9, true, undefined],
    [10, true, undefined],
    [11, false, undefined],
  ])('a refusal by code %d', (code, temporary, connectionIsFull) => {
    const session = open();
    session.subscribe([TRADES]);
    const [reply] = receive({ error: { code, message: 'no' }, id: 1 }, [], session);
    expect(reply).toEqual([
      'reply',
      '1',
      {
        ...{ code: String(code), message: 'no', temporary },
        ...(connectionIsFull ? { connectionIsFull } : {}),
        ...(code === 9 ? { signing: 'time' } : {}),
      },
    ]);
  });

  it('an answer for each topic, refusals among them', () => {
    const session = open({ acks: 'topic' });
    session.subscribe([TRADES, BOOK]);
    expect(receive({ ack: 1, topic: TRADES }, [], session)).toEqual([['reply', `1 ${TRADES}`, undefined]]);
    expect(receive({ error: { code: 1, message: 'no' }, id: 1, topic: BOOK }, [], session)).toMatchObject([
      ['reply', `1 ${BOOK}`, { code: '1' }],
    ]);
    // Decided already.
    expect(receive({ ack: 1, topic: TRADES }, [], session)).toEqual([['ignored', 'answer to no request']]);
  });

  it('an error without a topic as one of all topics that are left', () => {
    const session = open({ acks: 'topic' });
    session.subscribe([TRADES, BOOK]);
    receive({ ack: 1, topic: TRADES }, [], session);
    expect(receive({ error: { code: 6, message: 'no' }, id: 1 }, [], session)).toMatchObject([
      ['reply', `1 ${BOOK}`, { code: '6' }],
    ]);
  });

  it('data by the number that the ack gave, until the topic is released', () => {
    const session = open({ acks: 'channel' });
    const row = { channel: 12, time: 1, data: [TRADE] };
    session.subscribe([TRADES]);
    expect(receive(row, [TRADES], session)).toEqual([['ignored', 'unsubscribed topic']]);
    receive({ ack: 1, topic: TRADES, channel: 12 }, [], session);
    expect(heads(receive(row, [TRADES], session))).toEqual([['trade', TRADES]]);

    session.unsubscribe([TRADES]);
    expect(heads(receive({ ack: 2, topic: TRADES, channel: 12 }, [], session))).toEqual([
      ['reply', `2 ${TRADES}`],
    ]);
    expect(receive(row, [TRADES], session)).toEqual([['ignored', 'unsubscribed topic']]);
  });

  it('the new owner of a number that was used before, even where its release was never confirmed', () => {
    const session = open({ acks: 'channel' });
    session.subscribe([TRADES, 'quotes:BTC-USDT']);
    receive({ ack: 1, topic: TRADES, channel: 12 }, [], session);
    receive({ ack: 1, topic: 'quotes:BTC-USDT', channel: 12 }, [], session);
    session.subscribe([TRADES]);
    receive({ ack: 2, topic: TRADES, channel: 13 }, [], session);
    const quote = { sequence: 12, bid: '1', bidAmount: '1', ask: '2', askAmount: '1' };
    const wanted = ['quotes:BTC-USDT', TRADES];
    expect(heads(receive({ channel: 12, time: 1, data: quote }, wanted, session))).toEqual([
      ['quote', 'quotes:BTC-USDT'],
    ]);
    expect(heads(receive({ channel: 13, time: 1, data: [TRADE] }, wanted, session))).toEqual([
      ['trade', TRADES],
    ]);
  });

  it('the numbers of frames from the answer to flags on, whoever asked for them', () => {
    const session = open();
    const row = { ...data(TRADES, [TRADE]), number: 5 };
    expect(methods(receive(row, [TRADES], session))).toEqual(['trade']);
    receive('{"flags":1,"id":9}', [], session);
    expect(receive(row, [TRADES], session).slice(0, 1)).toEqual([['frameNumber', 5]]);
    expect(methods(receive(data(TRADES, [TRADE]), [TRADES], session))).toEqual(['trade']);
    expect(methods(receive({ ...row, number: 'x' }, [TRADES], session))).toEqual(['rejected']);
    expect(methods(receive({ test: 17, number: 6 }, [], session))).toEqual(['frameNumber', 'answer']);
    expect(receive('{"flags":0,"id":10}', [], session)).toEqual([['reply', '10', undefined]]);
    expect(methods(receive(row, [TRADES], session))).toEqual(['trade']);
  });

  it('that numbers are void after a resume', () => {
    const session = open({ acks: 'channel' });
    session.subscribe([TRADES]);
    receive({ ack: 1, topic: TRADES, channel: 12 }, [], session);
    expect(receive({ notice: 'resume' }, [], session)).toEqual([['resumed', 'resume']]);
    expect(receive({ channel: 12, time: 1, data: [TRADE] }, [TRADES], session)).toEqual([
      ['ignored', 'unsubscribed topic'],
    ]);
  });

  it('signs of life', () => {
    expect(receive('pong', [], open({ heartbeat: 'text' }))).toEqual([['pong']]);
    expect(receive('{"pong":9}', [], open({ heartbeat: 'json' }))).toEqual([['pong']]);
    expect(receive('{"test":17}', [], open({ heartbeat: 'test-request' }))).toEqual([
      ['answer', '{"op":"test","test":17}'],
    ]);
    expect(methods(receive('{"test":"x"}', [], open({ heartbeat: 'test-request' })))).toEqual(['rejected']);
  });

  it('answers to logins and orders', () => {
    expect(receive('{"login":1}')).toEqual([['reply', '1', undefined]]);
    expect(receive('{"result":{"orderId":"88"},"id":5}')).toEqual([['reply', '5', undefined]]);
    expect(receive('{"error":{"code":7,"message":"wrong key or signature"},"id":1}')).toMatchObject([
      ['reply', '1', { code: '7', temporary: false }],
    ]);
  });

  it('notices', () => {
    expect(receive('{"notice":"restart","inMs":10000}')).toEqual([['closing', 'restart in 10000 ms']]);
    expect(receive('{"notice":"pause"}')).toEqual([['paused', 'pause']]);
    expect(receive('{"notice":"halted","symbol":"BTC-USDT"}')).toMatchObject([
      ['marketStatus', 'BTC-USDT', 'halted', expect.any(String)],
    ]);
    expect(receive('{"notice":"trading","symbol":"BTC-USDT"}')).toMatchObject([
      ['marketStatus', 'BTC-USDT', 'trading', expect.any(String)],
    ]);
    expect(heads(receive('{"notice":"halted"}'))).toEqual([['rejected', undefined]]);
    expect(receive('{"notice":"party"}')).toEqual([['unhandled', '{"notice":"party"}']]);
  });
});

describe('a Lab session reads', () => {
  it('trades one by one; a bad one costs itself', () => {
    const rows = [TRADE, { ...TRADE, price: '-1' }, { ...TRADE, id: '99999999999999999999', side: 'sell' }];
    expect(receive(data(TRADES, rows), [TRADES])).toEqual([
      ['trade', TRADES, 1767225600100, '123', '100.00', '0.5', 'buy'],
      ['rejected', TRADES, 'data[1].price: expected a price (decimal text above zero), got "-1"'],
      // More digits than a JSON number keeps.
      ['trade', TRADES, 1767225600100, '99999999999999999999', '100.00', '0.5', 'sell'],
    ]);
  });

  it('tickers', () => {
    const row = { last: '5', open: '4', high: '6', low: '3', volume: '10', quoteVolume: '45' };
    expect(receive(data('ticker:BTC-USDT', row), ['ticker:BTC-USDT'])).toEqual([
      [
        ...['ticker', 'ticker:BTC-USDT', 1767225600123],
        { last: '5', open: '4', high: '6', low: '3', baseVolume: '10', quoteVolume: '45' },
      ],
    ]);
  });

  it('quotes', () => {
    const row = { sequence: 12, bid: '1.0', bidAmount: '2', ask: '1.1', askAmount: '3' };
    expect(receive(data('quotes:BTC-USDT', row), ['quotes:BTC-USDT'])).toEqual([
      ['quote', 'quotes:BTC-USDT', 1767225600123, 12, '1.0', '2', '1.1', '3'],
    ]);
  });

  it('candles, whose close time is exclusive with us', () => {
    const topic = 'candles.1m:BTC-USDT';
    const row = {
      ...{ interval: '1m', openTime: 1767225600000, closeTime: 1767225659999, open: '1', high: '2' },
      ...{ low: '0.5', close: '1.5', volume: '3', quoteVolume: '4', trades: 5, closed: false },
    };
    expect(receive(data(topic, row), [topic], open({}, 'market'))).toEqual([
      [
        ...['candle', topic, 1767225600123],
        {
          ...{ interval: '1m', openTime: 1767225600000, closeTime: 1767225660000, open: '1', high: '2' },
          ...{ low: '0.5', close: '1.5', baseVolume: '3', quoteVolume: '4', tradeCount: 5, closed: false },
        },
      ],
    ]);
  });

  it.each([
    [{ first: 11, last: 13 }, 'bookUpdate', { first: 11, last: 13 }],
    [{ previous: 10, last: 13 }, 'bookUpdate', { previous: 10, last: 13 }],
    [{ last: 13 }, 'bookUpdate', { last: 13 }],
    [{ snapshot: true, last: 12 }, 'bookSnapshot', { last: 12 }],
    [{ snapshot: true, previous: -1, last: 12 }, 'bookSnapshot', { last: 12 }],
    // At rest, and into a new count.
    [{ previous: 13, last: 13 }, 'bookUpdate', { previous: 13, last: 13 }],
    [{ previous: 13, last: 1 }, 'bookUpdate', { previous: 13, last: 1 }],
    [{ last: 13, checksum: -1175357890 }, 'bookUpdate', { last: 13, checksum: -1175357890 }],
  ])('books by the link that is on the wire: %j', (wire, call, link) => {
    const row = { ...wire, bids: [['100.00', '0.5']], asks: [['100.01', '0']] };
    expect(receive(data(BOOK, row), [BOOK])).toEqual([
      [call, BOOK, 1767225600123, link, [['100.00', '0.5']], [['100.01', '0']]],
    ]);
  });

  it.each([
    [{}, 'bookUpdate', {}],
    [{ snapshot: true, checksum: 17 }, 'bookSnapshot', { checksum: 17 }],
  ])('books that are not linked at all (books: none): %j', (wire, call, link) => {
    const row = { ...wire, bids: [['100.00', '0.5']], asks: [] };
    expect(receive(data(BOOK, row), [BOOK], open({ books: 'none' }))).toEqual([
      [call, BOOK, 1767225600123, link, [['100.00', '0.5']], []],
    ]);
  });

  it('the ten best levels as a whole book', () => {
    const topic = 'book10:BTC-USDT';
    const row = { last: 12, bids: [['100.00', '0.5']], asks: [['7e1', '1']] };
    expect(receive(data(topic, row), [topic])).toEqual([
      ['bookSnapshot', topic, 1767225600123, { last: 12 }, [['100.00', '0.5']], [['70', '1']]],
    ]);
  });

  it.each([
    ['a link that runs backwards', { first: 14, last: 13, bids: [], asks: [] }],
    ['a sequence beyond 2^53', { first: 1, last: 2 ** 53, bids: [], asks: [] }],
    ['no number of its own', { bids: [], asks: [] }],
    ['a checksum of more than 32 bits', { last: 1, checksum: 3119609406, bids: [], asks: [] }],
    ['a checksum in words', { last: 1, checksum: '17', bids: [], asks: [] }],
    ['a negative amount', { first: 11, last: 13, bids: [['1', '-1']], asks: [] }],
    ['an endless price', { first: 11, last: 13, bids: [['1e400', '1']], asks: [] }],
    ['a price that is no number', { first: 11, last: 13, bids: [['NaN', '1']], asks: [] }],
    ['a number where text belongs', { first: 11, last: 13, bids: [[100, '1']], asks: [] }],
    ['a level of three', { first: 11, last: 13, bids: [['1', '1', '1']], asks: [] }],
    ['no sides', { first: 11, last: 13 }],
    ['a snapshot that is a word', { snapshot: 'true', last: 13, bids: [], asks: [] }],
  ])('rejects a book with %s', (_what, row) => {
    expect(receive(data(BOOK, row), [BOOK])).toEqual([['rejected', BOOK, expect.any(String)]]);
  });

  it('rejects a number that JSON cannot hold', () => {
    const frame = `{"topic":"${BOOK}","time":1,"data":{"last":1e400,"bids":[],"asks":[]}}`;
    expect(receive(frame, [BOOK])).toEqual([
      ['rejected', BOOK, 'last: expected an integer from 0 to 2^53, got Infinity'],
    ]);
  });

  it('ignores what nobody wants, and leaves what it does not know to the report', () => {
    expect(receive(data(TRADES, [TRADE]))).toEqual([['ignored', 'unsubscribed topic']]);
    for (const frame of ['[]', '1', 'null', '"x"', '{}', '{"what":1}', '{"data":1}']) {
      expect(receive(frame)).toEqual([['unhandled', frame]]);
    }
    expect(() => receive('{"topic"')).toThrow(SyntaxError);
  });

  it('is not led astray by the names of what every object has', () => {
    const before = Object.keys(Object.prototype);
    expect(methods(receive('{"__proto__":{"data":[],"topic":"x"}}'))).toEqual(['unhandled']);
    expect(receive('{"topic":"__proto__","time":1,"data":[]}')).toEqual([['ignored', 'unsubscribed topic']]);
    expect(receive('{"topic":"constructor","time":1,"data":[]}', ['constructor'])).toMatchObject([
      ['unhandled', expect.any(String)],
    ]);
    expect(receive('{"error":{"__proto__":{"code":3}},"id":1}')).toMatchObject([
      ['reply', '1', { code: 'unknown', temporary: false }],
    ]);
    expect(Object.keys(Object.prototype)).toEqual(before);
    expect(({} as { data?: unknown }).data).toBeUndefined();
  });

  it('packed frames where the dialect packs, and no others', () => {
    const frame = data(TRADES, [TRADE]);
    for (const packing of ['binary', 'gzip', 'deflate', 'deflate-raw'] as const) {
      expect(heads(receive(frame, [TRADES], open({ packing }), true))).toEqual([['trade', TRADES]]);
    }
    expect(methods(receive(frame, [TRADES], open({ packing: 'text' }), true))).toEqual(['unhandled']);
  });
});

function topicsOf(frame: string): string[] {
  return (JSON.parse(frame) as { topics: string[] }).topics;
}
