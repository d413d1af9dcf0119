import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { ack, openBitfinex, receive as receiveBy, withChannel } from '../../test/bitfinex-session.ts';

const open = openBitfinex;
const confirmed = withChannel;

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  return receiveBy(frame, wanted, session);
}

const methods = (calls: readonly Call[]): string[] => calls.map(([method]) => method);

const TRADES = 'trades:tBTCUSD';
const BOOK = 'book:P0:F0:25:tBTCUSD';
const ALL = { event: 'conf', status: 'OK', flags: 229376 };

describe('a Bitfinex session says', () => {
  it('all flags at once before anything else: times 32768, numbers 65536, checksums 131072', () => {
    expect(open().introduce?.()).toEqual([
      { frame: '{"event":"conf","flags":229376}', replies: [{ key: 'conf', topics: [] }] },
    ]);
  });

  it('the flags of a user with them', () => {
    const [conf] = open({ flags: ['BULK_UPDATES', 'SEQ_ALL', 'DEC_S'] }).introduce?.() ?? [];
    expect(conf?.frame).toBe(`{"event":"conf","flags":${229376 + 536870912 + 8}}`);
  });

  it('one channel in each message, with an id of its own', () => {
    const session = open();
    expect(session.subscribe([TRADES, BOOK])).toEqual([
      {
        frame: '{"event":"subscribe","channel":"trades","symbol":"tBTCUSD","subId":"1"}',
        replies: [{ key: '1', topics: [TRADES] }],
      },
      {
        frame:
          '{"event":"subscribe","channel":"book","symbol":"tBTCUSD","prec":"P0","freq":"F0","len":"25","subId":"2"}',
        replies: [{ key: '2', topics: [BOOK] }],
      },
    ]);
  });

  it.each([
    ['ticker:fUSD', { channel: 'ticker', symbol: 'fUSD' }],
    ['book:R0:100:tDUSK:USD', { channel: 'book', symbol: 'tDUSK:USD', prec: 'R0', len: '100' }],
    [
      'book:P4:F1:250:tBTCF0:USTF0',
      { channel: 'book', symbol: 'tBTCF0:USTF0', prec: 'P4', freq: 'F1', len: '250' },
    ],
    ['candles:trade:1m:fUSD:a30:p2:p30', { channel: 'candles', key: 'trade:1m:fUSD:a30:p2:p30' }],
    ['status:deriv:tBTCF0:USTF0', { channel: 'status', key: 'deriv:tBTCF0:USTF0' }],
    ['status:liq:global', { channel: 'status', key: 'liq:global' }],
  ])('%s in the words of the exchange', (topic, request) => {
    const [asked] = open().subscribe([topic]);
    expect(JSON.parse(asked!.frame)).toEqual({ event: 'subscribe', ...request, subId: '1' });
  });

  it('nothing for how the platform is, which every socket tells by itself', () => {
    expect(open().subscribe(['platform'])).toEqual([]);
  });

  it('the number of the channel that it gives back, and nothing of one that is not confirmed', () => {
    const session = confirmed(TRADES, 19111);
    expect(session.unsubscribe([TRADES])).toEqual([
      {
        frame: '{"event":"unsubscribe","chanId":19111}',
        replies: [{ key: 'unsubscribe 19111', topics: [TRADES] }],
      },
    ]);
    expect(session.unsubscribe([TRADES])).toEqual([]);
    session.subscribe([BOOK]);
    expect(session.unsubscribe([BOOK])).toEqual([]);
  });

  it('what is open still first, where it asks for a topic anew: a duplicate would have no snapshot', () => {
    const session = confirmed(BOOK, 7);
    expect(session.subscribe([BOOK]).map(({ frame }) => JSON.parse(frame) as unknown)).toMatchObject([
      { event: 'unsubscribe', chanId: 7 },
      { event: 'subscribe', channel: 'book' },
    ]);
  });

  it('a ping of its own, and hears the answer', () => {
    const session = open();
    expect(session.ping?.()).toBe('{"event":"ping","cid":1}');
    expect(session.ping?.()).toBe('{"event":"ping","cid":2}');
    expect(receive('{"event":"pong","ts":1511545528111,"cid":2}', [], session)).toEqual([['pong']]);
  });

  it('who it is on the host of accounts, and nowhere else', () => {
    expect(open().login).toBeUndefined();
    const login = open({}, 'private').login?.({ key: 'apiKey1', secret: 'apiSecret1' }, 0, {
      nextNonce: () => 1,
    });
    expect(login?.replies).toEqual([{ key: 'auth', topics: [] }]);
    // echo -n AUTH1 | openssl dgst -sha384 -hmac apiSecret1
    expect(JSON.parse(login?.frame ?? '')).toEqual({
      event: 'auth',
      apiKey: 'apiKey1',
      authPayload: 'AUTH1',
      authNonce: '1',
      authSig:
        '089b1eab2416fb4adad08f28002f0ba0417b583e5cf7512d6fdcad59db7d5c1791f3f15ec63df688bded0201be50dd8d',
    });
    expect(login?.frame).not.toContain('apiSecret1');
  });
});

describe('a Bitfinex session hears', () => {
  it('what it asked for by the id of the request, and data by the number of the channel', () => {
    const session = open();
    const [request] = session.subscribe([TRADES]);
    const trade = [19111, 'te', [401597395, 1574694478808, -0.005, 7245.3]];
    expect(receive(trade, [TRADES], session)).toEqual([['ignored', 'unsubscribed channel']]);
    expect(receive(ack(request!.frame, 19111), [TRADES], session)).toEqual([['reply', '1', undefined]]);
    expect(receive(trade, [TRADES], session)).toEqual([
      ['trade', TRADES, 1574694478808, '401597395', '7245.3', '0.005', 'sell'],
    ]);
  });

  it('answers without an id in the order of the requests for the same', () => {
    const session = open();
    session.subscribe([TRADES]);
    session.subscribe([TRADES]);
    const answer = { event: 'subscribed', channel: 'trades', chanId: 5, symbol: 'tBTCUSD', pair: 'BTCUSD' };
    expect(receive(answer, [TRADES], session)).toEqual([['reply', '1', undefined]]);
    expect(receive(answer, [TRADES], session)).toEqual([['reply', '2', undefined]]);
    expect(receive(answer, [TRADES], session)).toEqual([['ignored', 'subscribed without being asked for']]);
  });

  it('books that differ in length or precision alone as different ones', () => {
    const session = open();
    const books = [
      'book:P0:F0:25:tBTCUSD',
      'book:P0:F0:100:tBTCUSD',
      'book:R0:25:tBTCUSD',
      'book:P0:F1:25:tBTCUSD',
    ];
    for (const [index, topic] of books.entries()) confirmed(topic, index + 1, session);
    for (const [index, topic] of books.entries()) {
      const [[, told] = []] = receive([index + 1, []], books, session);
      expect(told).toBe(topic);
    }
  });

  it('the number of a channel on its own socket alone', () => {
    const [one, other] = [confirmed(TRADES, 5), confirmed('ticker:tETHUSD', 5)];
    const trade = [5, 'te', [1, 1574694478808, 1, 2]];
    expect(methods(receive(trade, [TRADES], one))).toEqual(['trade']);
    expect(methods(receive(trade, ['ticker:tETHUSD'], other))).toEqual(['unhandled']);
  });

  it('nothing of a channel that was given back, be it late', () => {
    const session = confirmed(TRADES, 5);
    session.unsubscribe([TRADES]);
    expect(receive([5, 'te', [1, 2, 1, 2]], [TRADES], session)).toEqual([
      ['ignored', 'unsubscribed channel'],
    ]);
    expect(receive({ event: 'unsubscribed', status: 'OK', chanId: 5 }, [], session)).toEqual([
      ['reply', 'unsubscribe 5', undefined],
    ]);
    expect(receive([5, 'te', [1, 2, 1, 2]], [TRADES], session)).toEqual([
      ['ignored', 'unsubscribed channel'],
    ]);
  });

  it('that a channel is open already, and takes over its number', () => {
    const session = open();
    const [request] = session.subscribe([BOOK]);
    const answer = {
      ...{ ...(JSON.parse(request!.frame) as object), event: 'error', msg: 'subscribe: dup', code: 10301 },
      chanId: 722711,
    };
    expect(receive(answer, [BOOK], session)).toEqual([['reply', '1', undefined]]);
    expect(methods(receive([722711, []], [BOOK], session))).toEqual(['bookSnapshot']);
  });

  it('the same before the answer to the first request', () => {
    const session = open();
    const [first] = session.subscribe([BOOK]);
    const [second] = session.subscribe([BOOK]);
    const duplicate = { ...(JSON.parse(second!.frame) as object), event: 'error', code: 10301, chanId: 9 };
    expect(receive(duplicate, [BOOK], session)).toEqual([['reply', '2', undefined]]);
    expect(methods(receive([9, []], [BOOK], session))).toEqual(['bookSnapshot']);
    expect(receive(ack(first!.frame, 9), [BOOK], session)).toEqual([['reply', '1', undefined]]);
    // The snapshot has come: what follows are changes of it.
    expect(methods(receive([9, [100, 1, 1]], [BOOK], session))).toEqual(['bookUpdate']);
  });

  it('what is confirmed too late, and gives it back', () => {
    const session = open();
    const [request] = session.subscribe([BOOK]);
    session.unsubscribe([BOOK]);
    expect(receive(ack(request!.frame, 9), [], session)).toEqual([
      ['ignored', 'confirmed too late'],
      ['answer', '{"event":"unsubscribe","chanId":9}'],
    ]);
    expect(receive({ event: 'unsubscribed', status: 'OK', chanId: 9 }, [], session)).toEqual([
      ['ignored', 'confirmed too late'],
    ]);
  });

  it('the same of a topic that is wanted again, and keeps it', () => {
    const session = open();
    const [first] = session.subscribe([BOOK]);
    session.unsubscribe([BOOK]);
    const [second] = session.subscribe([BOOK]);
    expect(receive(ack(first!.frame, 9), [BOOK], session)).toEqual([['ignored', 'confirmed too late']]);
    const duplicate = { ...(JSON.parse(second!.frame) as object), event: 'error', code: 10301, chanId: 9 };
    expect(receive(duplicate, [BOOK], session)).toEqual([['reply', '2', undefined]]);
  });

  it.each([
    [10000, { temporary: true }],
    [10001, { temporary: false }],
    [10008, { temporary: true }],
    [10011, { temporary: false }],
    [10012, { temporary: false }],
    [10020, { temporary: false }],
    [10300, { temporary: false }],
    [10302, { temporary: false }],
    [10305, { temporary: true, connectionIsFull: true }],
    [11000, { temporary: true }],
    [12345, { temporary: false }],
  ])('a refusal by code %d', (code, refusal) => {
    const session = open();
    const [request] = session.subscribe([BOOK]);
    const answer = { ...(JSON.parse(request!.frame) as object), event: 'error', msg: 'no', code };
    expect(receive(answer, [BOOK], session)).toEqual([
      ['reply', '1', { code: String(code), message: 'no', ...refusal }],
    ]);
  });

  it.each([
    [10100, { temporary: false, signing: 'credentials' }],
    [10111, { temporary: false, signing: 'credentials' }],
    [10112, { temporary: false, signing: 'credentials' }],
    [10113, { temporary: false, signing: 'credentials' }],
    [10114, { temporary: true, signing: 'nonce' }],
  ])('that it is not let in, by code %d', (code, refusal) => {
    const told = ['reply', 'auth', { code: String(code), message: 'no', ...refusal }];
    const session = open({}, 'private');
    expect(receive({ event: 'auth', status: 'FAILED', chanId: 0, code, msg: 'no' }, [], session)).toEqual([
      told,
    ]);
    expect(receive({ event: 'error', code, msg: 'no' }, [], session)).toEqual([told]);
    expect(receive({ event: 'auth', status: 'OK', chanId: 0, caps: {} }, [], session)).toEqual([
      ['reply', 'auth', undefined],
    ]);
  });

  it('that flags, or the end of a channel, are refused', () => {
    expect(receive({ event: 'error', msg: 'conf: failed', code: 10050 })).toEqual([
      ['reply', 'conf', { code: '10050', message: 'conf: failed', temporary: false }],
    ]);
    for (const code of [10400, 10401]) {
      expect(receive({ event: 'error', msg: 'no', code, chanId: 5 })).toEqual([
        ['reply', 'unsubscribe 5', { code: String(code), message: 'no', temporary: false }],
      ]);
    }
  });

  it('answers to what users ask under ids of theirs', () => {
    const answer = { event: 'subscribed', channel: 'trades', chanId: 5, symbol: 'tBTCUSD', subId: 'mine' };
    expect(receive(answer)).toEqual([['reply', 'mine', undefined]]);
    expect(receive({ event: 'error', code: 10300, msg: 'no', subId: 'mine' })).toMatchObject([
      ['reply', 'mine', { code: '10300' }],
    ]);
    expect(receive({ event: 'error', code: 10300, msg: 'no' })).toEqual([
      ['rejected', undefined, 'error without a request: 10300 no'],
    ]);
  });

  it('notices by their code: leave at once, pause, go on', () => {
    expect(receive({ event: 'info', code: 20051, msg: 'stopping' })).toEqual([['closing', 'stopping']]);
    expect(receive({ event: 'info', code: 20060, msg: 'maintenance' }, ['platform'])).toEqual([
      ['platformStatus', 'platform', undefined, { id: '', state: 'ongoing', text: 'maintenance' }],
      ['paused', 'maintenance'],
    ]);
    expect(receive({ event: 'info', code: 20061, msg: 'over' }, ['platform'])).toEqual([
      ['platformStatus', 'platform', undefined, { id: '', state: 'completed', text: 'over' }],
      ['resumed', 'over'],
    ]);
    expect(receive({ event: 'info', code: 5000, msg: '20051' })).toEqual([['ignored', 'info']]);
  });

  it('how the platform is with the first frame of a socket', () => {
    const info = (status: number): object => ({
      event: 'info',
      version: 2,
      serverId: 'x',
      platform: { status },
    });
    expect(receive(info(1))).toEqual([['ignored', 'info']]);
    expect(receive(info(1), ['platform'])).toMatchObject([
      ['platformStatus', 'platform', undefined, { state: 'completed' }],
    ]);
    expect(receive(info(0), ['platform'])).toMatchObject([
      ['platformStatus', 'platform', undefined, { state: 'ongoing' }],
    ]);
    expect(receive({ event: 'info', version: 2 }, ['platform'])).toEqual([['ignored', 'info']]);
    expect(methods(receive({ event: 'info', version: 3 }))).toEqual(['rejected']);
  });
});

describe('a Bitfinex session counts', () => {
  it('no frame before flags are confirmed, and then those that have been', () => {
    const session = confirmed(TRADES, 5);
    expect(receive([5, 'hb'], [TRADES], session)).toEqual([['ignored', 'heartbeat']]);
    expect(receive({ event: 'conf', status: 'OK', flags: 65536 }, [], session)).toEqual([
      ['framesCountFrom', 1],
      ['reply', 'conf', undefined],
    ]);
    expect(receive([5, 'hb', 3], [TRADES], session)).toEqual([
      ['frameNumber', 3],
      ['ignored', 'heartbeat'],
    ]);
    // Each setting is of all flags.
    receive({ event: 'conf', status: 'OK', flags: 131072 }, [], session);
    expect(receive([5, 'hb', 4], [TRADES], session)).toEqual([['ignored', 'heartbeat']]);
    // Where the count stands then, nothing says.
    expect(receive(ALL, [], session)).toEqual([['reply', 'conf', undefined]]);
  });

  it.each([
    ['heartbeats', [5, 'hb', 17, 1790134414850], 'ignored,bookUpdate'],
    ['checksums', [5, 'cs', 1330055495, 17, 1790134414850], 'bookUpdate'],
    ['snapshots', [5, [[86704, 1, 0.03]], 17, 1790134414850], 'bookSnapshot'],
    ['changes', [5, [86704, 1, 0.03], 17, 1790134414850], 'bookUpdate'],
    ['frames of channels that nobody wants', [6, [86704, 1, 0.03], 17, 1790134414850], 'ignored'],
  ])('%s', (_what, frame, method) => {
    const session = confirmed(BOOK, 5);
    receive(ALL, [], session);
    const calls = receive(frame, [BOOK], session);
    expect(calls[0]).toEqual(['frameNumber', 17]);
    expect(methods(calls).slice(1).join()).toBe(method);
  });

  it('trades whose word stands before the row', () => {
    const session = confirmed(TRADES, 5);
    receive(ALL, [], session);
    expect(receive([5, 'te', [1, 1574694478808, 1, 2], 18, 1790134414850], [TRADES], session)).toEqual([
      ['frameNumber', 18],
      ['trade', TRADES, 1574694478808, '1', '2', '1', 'buy'],
    ]);
  });

  it('frames of an account with all others, except what answers a request', () => {
    const session = open({}, 'private');
    receive({ event: 'conf', status: 'OK', flags: 65536 }, [], session);
    expect(receive([0, 'hb', 3], [], session)).toEqual([
      ['frameNumber', 3],
      ['ignored', 'account'],
    ]);
    expect(receive([0, 'wu', ['exchange', 'USD', 1], 4, 1], [], session)).toEqual([
      ['frameNumber', 4],
      ['ignored', 'account'],
    ]);
    expect(receive([0, 'n', [null, 'on-req'], 5], [], session)).toEqual([['ignored', 'account']]);
  });

  it('nothing where the number is missing, and rejects what is none', () => {
    const session = confirmed(TRADES, 5);
    receive(ALL, [], session);
    expect(receive([5, 'hb'], [TRADES], session)).toEqual([['ignored', 'heartbeat']]);
    expect(methods(receive([5, 'hb', 'x', 1], [TRADES], session))).toEqual(['rejected']);
    expect(methods(receive([5, 'hb', null, 1], [TRADES], session))).toEqual(['rejected']);
  });

  it('does not read what comes again', () => {
    const session = confirmed(TRADES, 5);
    receive(ALL, [], session);
    const sink = new RecordingSink(TRADES);
    sink.frameNumber = () => false;
    session.onFrame(Buffer.from('[5,"te",[1,1574694478808,1,2],18,1790134414850]'), false, 0, sink);
    expect(sink.calls).toEqual([]);
  });
});

describe('a Bitfinex session leaves', () => {
  it('what it does not know to the report', () => {
    for (const frame of ['1', 'null', '"x"', '{}', '[]', '[5]', '{"event":"what"}', '{"what":1}', '["x"]'])
      expect(receive(frame)).toEqual([['unhandled', frame]]);
    expect(() => receive('{"event"')).toThrow(SyntaxError);
    const sink = new RecordingSink();
    open().onFrame(Buffer.from('[5,"hb"]'), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', '[5,"hb"]']]);
  });

  it('the names of what every object has alone', () => {
    expect(receive('{"__proto__":{"event":"info"}}')).toEqual([
      ['unhandled', '{"__proto__":{"event":"info"}}'],
    ]);
    expect(methods(receive('{"event":"subscribed","channel":"__proto__","chanId":1}'))).toEqual(['rejected']);
    expect(methods(receive('["__proto__","hb"]'))).toEqual(['ignored']);
  });

  it('channels alone that nobody could have opened', () => {
    const session = open();
    for (let chanId = 1; chanId <= 5_000; chanId++)
      receive({ event: 'subscribed', channel: 'ticker', symbol: `tX${chanId}`, chanId }, [], session);
    expect(receive([5_000, 'hb'], ['ticker:tX5000'], session)).toEqual([['ignored', 'unsubscribed channel']]);
  });
});
