import type { Session } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';
import { topicOf } from './okx.args.ts';

const TOPICS = ['trades', 'trades-all', 'bbo-tbt', 'books', 'books-rpi'].map(
  (channel) => `${channel}:BTC-USDT`,
);

/** Enough for each frame to be damaged in every way. */
const RUNS = MUTATIONS / 10;

const FRAMES = [
  '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"674510826","px":"95634.9","sz":"0.00011186","side":"buy","ts":"1740394561685","count":"1"}]}',
  '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"674510827","px":"95635.3","sz":"5","side":"sell","ts":"1740394561686","count":"12","seqId":1234}]}',
  '{"arg":{"channel":"trades-all","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"674510827","px":"95635.3","sz":"5","side":"sell","ts":"1740394561686"}]}',
  '{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","256","0","12"]],"ts":"1597026383085","seqId":123456}]}',
  '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"],["8477","0","0","0"]],"bids":[],"ts":"1597026383185","checksum":0,"prevSeqId":123456,"seqId":123457}]}',
  '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],"bids":[],"ts":"1597026443185","checksum":0,"prevSeqId":123457,"seqId":123457}]}',
  '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],"bids":[["30182.6","452","0","1"]],"ts":"1652459225464","checksum":-914047754}]}',
  '{"arg":{"channel":"books-rpi","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","400.5","13"]],"bids":[],"ts":"1597026383185","prevSeqId":123456,"seqId":123457}]}',
];

function open(topics: readonly string[] = TOPICS): Session {
  const session = okx().createSession({
    endpoint: 'public',
    url: 'wss://ws.okx.com/ws/v5/public',
    nextId: () => '1',
  });
  session.subscribe(topics);
  return session;
}

/** What a session makes of a frame, and of the same frame in a way that is left to `JSON.parse`. */
function bothWays(frame: Buffer, session = open(), topics: readonly string[] = TOPICS): [Call[], Call[]] {
  const read = (bytes: Buffer): Call[] => {
    const sink = new RecordingSink(...topics);
    sink.unhandled = () => void sink.calls.push(['unhandled']);
    try {
      session.onFrame(bytes, false, 0, sink);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sink.calls.push(['no JSON']);
    }
    return sink.calls;
  };
  return [read(frame), read(Buffer.concat([Buffer.from(' '), frame]))];
}

describe('a frame of the kinds that come most', () => {
  test.each(FRAMES)('is read without building it: %s', (frame) => {
    const parse = jest.spyOn(JSON, 'parse');
    const sink = new RecordingSink(...TOPICS);
    try {
      const session = open();
      parse.mockClear();
      session.onFrame(Buffer.from(frame), false, 0, sink);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    const [, plain] = bothWays(Buffer.from(frame));
    expect(sink.calls).toEqual(plain);
    expect(plain).toHaveLength(1);
  });

  test.each([
    ['a price of zero', 0, '"px":"95634.9"', '"px":"0.00"'],
    ['an id of more than 2^53', 0, '674510826', '90071992547409931'],
    ['a side that is none', 0, '"buy"', '"both"'],
    [
      'a second trade',
      0,
      '}]}',
      '},{"instId":"BTC-USDT","tradeId":"7","px":"1","sz":"1","side":"buy","ts":"1"}]}',
    ],
    ['something after its end', 0, '}]}', '}]} '],
    ['a field that is new', 0, '"count":"1"', '"count":"1","source":"0"'],
    ['a quote without bids', 3, '[["8476.97","256","0","12"]]', '[]'],
    ['a number of orders that is none', 4, '"13"', '"1.5"'],
    ['a number of orders padded with zeros', 4, '"13"', '"013"'],
    ['a very large number of orders', 4, '"13"', '"12345678901"'],
    ['a level of three numbers', 4, '"415","0","13"', '"415","13"'],
    ['a snapshot', 4, '"update"', '"snapshot"'],
    ['a previous id of -1', 4, '"prevSeqId":123456', '"prevSeqId":-1'],
    [
      'its ids the other way round',
      4,
      '"prevSeqId":123456,"seqId":123457',
      '"seqId":123457,"prevSeqId":123456',
    ],
    ['a checksum of more than 32 bits', 6, '-914047754', '-9140477540'],
    ['a topic that nobody wants', 0, 'BTC-USDT', 'ETH-USDT'],
  ])('is read alike with %s', (_, index, from, to) => {
    const frame = FRAMES[index]!.replace(from, to);
    expect(frame).not.toBe(FRAMES[index]);
    const [hot, plain] = bothWays(Buffer.from(frame));
    expect(hot).toEqual(plain);
    expect(hot.length).toBeGreaterThan(0);
  });

  test('is of nobody once its topic was given back', () => {
    const session = open();
    session.unsubscribe(TOPICS);
    expect(bothWays(Buffer.from(FRAMES[0]!), session, [])[0]).toEqual([['ignored', 'unsubscribed topic']]);
  });

  test('is read alike however it is damaged', () => {
    const random = pseudoRandom(12);
    const session = open();
    const read = { hot: 0, otherwise: 0 };
    for (let run = 0; run < RUNS; run++) {
      const frame = damaged(Buffer.from(FRAMES[run % FRAMES.length]!), random);
      const [hot, plain] = bothWays(frame, session);
      if (JSON.stringify(hot) !== JSON.stringify(plain)) {
        throw new Error(
          `${frame.toString('latin1')} is ${JSON.stringify(hot)}, not ${JSON.stringify(plain)}`,
        );
      }
      const [call] = plain[0] ?? [];
      read[call === 'trade' || call === 'quote' || call === 'bookUpdate' ? 'hot' : 'otherwise']++;
    }
    // Neither all harmless nor all ruined.
    expect(read.hot).toBeGreaterThan(RUNS / 20);
    expect(read.otherwise).toBeGreaterThan(RUNS / 4);
  });
});

describe('recorded frames', () => {
  const frames = (readCapture('cryptofeed/okx/ws.1.jsonl.gz') ?? [])
    .filter(({ k }) => k === 'recv')
    .map(({ frame = '' }) => frame);

  (frames.length > 0 ? test : test.skip)('are read alike, all of them', () => {
    const topics = new Set<string>();
    for (const frame of frames) {
      const topic = topicOf((JSON.parse(frame) as { arg?: unknown }).arg);
      if (topic !== undefined) topics.add(topic);
    }
    const session = open([...topics]);
    for (const frame of frames) {
      const [hot, plain] = bothWays(Buffer.from(frame), session, [...topics]);
      expect(hot.filter(([name]) => name !== 'reply' && name !== 'ignored')).toEqual(
        plain.filter(([name]) => name !== 'reply' && name !== 'ignored'),
      );
    }
  });
});
