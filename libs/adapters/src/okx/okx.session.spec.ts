import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';

function open(): Session {
  let id = 0;
  return okx().createSession({
    endpoint: 'public',
    url: 'wss://ws.okx.com/ws/v5/public',
    nextId: () => String(++id),
  });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const BTC = 'books:BTC-USDT';
const ETH = 'books:ETH-USDT';
const TRADES = 'trades:BTC-USDT';

describe('an OKX session asks', () => {
  it('for many topics in one message, as an hour has room for 480 only, and awaits an answer for each', () => {
    const session = open();
    expect(session.subscribe([BTC, TRADES, 'status'])).toEqual([
      {
        frame:
          '{"id":"1","op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"},' +
          '{"channel":"trades","instId":"BTC-USDT"},{"channel":"status"}]}',
        limit: 'request',
        replies: [
          { key: `1 subscribe ${BTC}`, topics: [BTC] },
          { key: `1 subscribe ${TRADES}`, topics: [TRADES] },
          { key: '1 subscribe status', topics: ['status'] },
        ],
      },
    ]);
    expect(session.unsubscribe([BTC])).toEqual([
      {
        frame: '{"id":"2","op":"unsubscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}',
        limit: 'request',
        replies: [{ key: `2 unsubscribe ${BTC}`, topics: [BTC] }],
      },
    ]);
  });

  it('with ids that are letters and digits and no longer than 32', () => {
    const [frame] = open().subscribe([BTC]);
    expect((JSON.parse(frame!.frame) as { id: unknown }).id).toMatch(/^[A-Za-z0-9]{1,32}$/);
    expect(okx().messageIds).toBe('text');
  });

  it('nothing when there is nothing to ask for', () => {
    expect(open().subscribe([])).toEqual([]);
  });

  it('for a sign of life in text that is no JSON, and takes the like for the answer', () => {
    expect(open().ping?.()).toBe('ping');
    expect(receive('pong')).toEqual([['pong']]);
  });
});

describe('an OKX session hears that a topic is confirmed', () => {
  const ack = (arg: object, more: object = {}): object => ({
    event: 'subscribe',
    arg,
    connId: 'a4d3ae55',
    ...more,
  });

  it('each by itself, with the id of the request or without', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    const books = { channel: 'books', instId: 'BTC-USDT' };
    expect(receive(ack(books, { id: '1' }), [], session)).toEqual([['reply', `1 subscribe ${BTC}`]]);
    expect(receive(ack({ ...books, instId: 'ETH-USDT' }), [], session)).toEqual([
      ['reply', `1 subscribe ${ETH}`],
    ]);
  });

  it('once', () => {
    const session = open();
    session.subscribe([BTC]);
    const frame = ack({ channel: 'books', instId: 'BTC-USDT' });
    receive(frame, [], session);
    expect(receive(frame, [], session)).toEqual([['ignored', 'subscribe not asked for']]);
  });

  it('by the newest request that asked for it', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe([BTC]);
    const books = { channel: 'books', instId: 'BTC-USDT' };
    expect(receive(ack(books, { id: '1' }), [], session)).toEqual([['reply', '1']]);
    expect(receive(ack(books, { id: '2' }), [], session)).toEqual([['reply', `2 subscribe ${BTC}`]]);
  });

  it('of a request that a user made, under its id', () => {
    expect(receive(ack({ channel: 'books', instId: 'BTC-USDT' }, { id: 'mine1' }))).toEqual([
      ['reply', 'mine1'],
    ]);
  });

  it('and given back', () => {
    const session = open();
    session.subscribe([BTC]);
    session.unsubscribe([BTC]);
    const frame = { event: 'unsubscribe', arg: { channel: 'books', instId: 'BTC-USDT' }, connId: 'a4d3ae55' };
    expect(receive(frame, [], session)).toEqual([['reply', `2 unsubscribe ${BTC}`]]);
  });
});

describe('an OKX session hears a refusal', () => {
  const error = (code: string, msg: string, more: object = {}): object => ({
    ...{ event: 'error', code, msg, connId: 'a4d3ae55' },
    ...more,
  });

  it('of one topic, which only its text names, while the others of the request are confirmed', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    const msg = "Wrong URL or channel:books,instId:ETH-USDT doesn't exist.";
    const refusal = { code: '60018', message: msg, temporary: false };
    expect(receive(error('60018', msg), [], session)).toEqual([['reply', `1 subscribe ${ETH}`, refusal]]);
    expect(
      receive({ event: 'subscribe', arg: { channel: 'books', instId: 'BTC-USDT' } }, [], session),
    ).toEqual([['reply', `1 subscribe ${BTC}`]]);
  });

  it('whose text is the whole request, with its id inside, of each topic that is not answered yet', () => {
    const session = open();
    const [request] = session.subscribe([BTC, ETH, TRADES]);
    receive({ event: 'subscribe', arg: { channel: 'trades', instId: 'BTC-USDT' } }, [], session);
    const calls = receive(error('60012', `Invalid request: ${request!.frame}`), [], session);
    expect(calls.map(([, key]) => key)).toEqual([`1 subscribe ${BTC}`, `1 subscribe ${ETH}`]);
    for (const [, , refusal] of calls) expect(refusal).toMatchObject({ code: '60012', isOfSeveral: true });
  });

  it('whose text is the request of a single topic, which is meant then', () => {
    const session = open();
    const [request] = session.subscribe([BTC]);
    const [[, key, refusal] = []] = receive(
      error('60012', `Invalid request: ${request!.frame}`),
      [],
      session,
    );
    expect([key, refusal]).toEqual([
      `1 subscribe ${BTC}`,
      { code: '60012', message: `Invalid request: ${request!.frame}`, temporary: false },
    ]);
  });

  it('that names the request by its id alone', () => {
    const session = open();
    session.subscribe([BTC]);
    expect(receive(error('60014', 'Requests too frequent', { id: '1' }), [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`, { code: '60014', message: 'Requests too frequent', temporary: true }],
    ]);
  });

  it('of what a user asked for, under its id', () => {
    expect(receive(error('60012', 'Invalid request: {"id":"mine1","op":"sing"}'))).toEqual([
      ['reply', 'mine1', expect.objectContaining({ code: '60012' })],
    ]);
  });

  it('of nobody knows what, for the log', () => {
    expect(receive(error('60012', 'Invalid request: {"op": "subscribe", "args":[{'))).toEqual([
      [
        'rejected',
        undefined,
        'error without a request: 60012 Invalid request: {"op": "subscribe", "args":[{',
      ],
    ]);
    expect(receive({ event: 'error' })).toEqual([
      ['rejected', undefined, 'error without a request: unknown the exchange gave no message'],
    ]);
  });
});

describe('an OKX session hears', () => {
  it('a minute before, that the connection is closed for a service upgrade', () => {
    const msg = 'The connection will soon be closed for a service upgrade. Please reconnect.';
    const notice = { event: 'notice', code: '64008', msg, connId: 'a4d3ae55' };
    expect(receive(notice)).toEqual([['closing', msg]]);
    expect(receive({ ...notice, code: '60000' })).toEqual([['ignored', 'notice']]);
  });

  it.each([
    ['{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}', 'login'],
    [
      '{"event":"channel-conn-count","channel":"orders","connCount":"2","connId":"abcd1234"}',
      'channel-conn-count',
    ],
    ['{"event":"channel-conn-count-error","channel":"orders","connCount":"30"}', 'channel-conn-count-error'],
    ['{"arg":{"channel":"account"},"data":[]}', 'account'],
    ['{"arg":{"channel":"price-limit","instId":"BTC-USDT"},"data":[]}', 'price-limit'],
    ['{"arg":{"channel":"index-candle30m","instId":"BTC-USDT"},"data":[]}', 'index-candle30m'],
    ['{"arg":{"channel":"books5","instId":"BTC-USDT"},"data":[]}', 'unsubscribed topic'],
    ['{"arg":{"args":"estimated-price","instType":"FUTURES"},"data":[]}', 'data without a channel'],
    ['{"arg":7,"data":[]}', 'data without a channel'],
    ['{"table":"spot/depth","action":"partial","data":[]}', 'OKEx v3, retired'],
  ])('what is of no use to it: %s', (frame, name) => {
    expect(receive(frame)).toEqual([['ignored', name]]);
  });

  it.each([
    '{}',
    '[]',
    'null',
    '7',
    '{"event":"dance"}',
    '{"event":{}}',
    '{"arg":{"channel":"moon-phase"},"data":[]}',
  ])('that it does not know the frame %s', (frame) => {
    expect(receive(frame)).toEqual([['unhandled', frame]]);
  });

  it('nothing in a binary frame', () => {
    const sink = new RecordingSink();
    open().onFrame(Buffer.from('pong'), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', 'pong']]);
  });

  it('data of a topic that OKX names more of than was asked for', () => {
    const topic = 'candle1D:BTC-USDT';
    const session = open();
    session.subscribe([topic]);
    const row = ['1597017600000', '1', '2', '1', '2', '45', '90', '90', '1'];
    const frame = { arg: { channel: 'candle1D', instType: 'SPOT', instId: 'BTC-USDT' }, data: [row] };
    expect(receive(frame, [topic], session)[0]?.slice(0, 2)).toEqual(['candle', topic]);
  });

  it('a topic that no channel reads for those who want it as it comes', () => {
    const topic = 'liquidation-warning:instType=SWAP';
    expect(
      receive('{"arg":{"channel":"liquidation-warning","instType":"SWAP"},"data":[1]}', [topic]),
    ).toEqual([]);
  });

  it('a frame that is not JSON with an exception, for the engine to count', () => {
    expect(() => receive('<html>')).toThrow(SyntaxError);
  });

  it('nested JSON of any depth without falling over', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(receive(`{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":${deep}}`, [TRADES])).toEqual([
      ['rejected', TRADES, 'data[0]: expected an object, got an array of 1'],
    ]);
    expect(() => receive(`{"event":"error","msg":"${deep}"}`)).not.toThrow();
  });
});

describe('an OKX session follows what is listed', () => {
  const push = (...rows: object[]): object => ({
    arg: { channel: 'instruments', instType: 'SPOT' },
    data: rows,
  });
  const listed = (instId: string, state: string): object => ({ instType: 'SPOT', instId, state });

  it('where it is told to, on the socket that tells', () => {
    const of = (endpoint: string): Session =>
      okx({ watchListings: ['SPOT', 'SWAP'] }).createSession({
        endpoint,
        url: 'wss://x.test',
        nextId: () => '1',
      });
    const [frame, ...more] = of('public').introduce?.() ?? [];
    expect(JSON.parse(frame!.frame)).toMatchObject({
      args: [
        { channel: 'instruments', instType: 'SPOT' },
        { channel: 'instruments', instType: 'SWAP' },
      ],
    });
    expect(frame!.replies).toHaveLength(2);
    expect(more).toEqual([]);
    expect(of('business').introduce?.()).toEqual([]);
    expect(open().introduce?.()).toEqual([]);
  });

  it('and says what was stopped and opened, though a push names only some', () => {
    const session = open();
    expect(receive(push(listed('A-B', 'live'), listed('C-D', 'suspend')), [], session)).toEqual([
      ['marketStatus', 'C-D', 'halted', 'the exchange lists C-D as suspend'],
    ]);
    expect(receive(push(listed('A-B', 'preopen')), [], session)).toEqual([
      ['marketStatus', 'A-B', 'halted', 'the exchange lists A-B as preopen'],
    ]);
    expect(receive(push(listed('C-D', 'suspend'), listed('C-D', 'live')), [], session)).toEqual([
      ['marketStatus', 'C-D', 'trading', 'the exchange lists C-D as live'],
    ]);
    expect(receive(push({ instId: 'A-B' }, listed('A-B', 'post_only')), [], session)).toEqual([
      ['rejected', undefined, 'data[0].state: expected text, got nothing'],
      ['marketStatus', 'A-B', 'trading', 'the exchange lists A-B as post_only'],
    ]);
  });
});
