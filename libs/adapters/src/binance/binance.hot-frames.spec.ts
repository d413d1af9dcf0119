import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { readCapture } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { binance } from './binance.adapter.ts';

const TOPICS = ['btcusdt@trade', 'btcusdt@aggTrade', 'btcusdt@bookTicker', 'btcusdt@depth@100ms'];

const FRAMES = [
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1672515782136,"s":"BTCUSDT","t":12345,"p":"65000.10000000","q":"0.00120000","T":1672515782137,"m":true,"M":true}}',
  '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1672515782136,"s":"BTCUSDT","a":15,"p":"0.00000012","q":"58","f":100,"l":105,"T":1672515782137,"m":false,"M":true}}',
  '{"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"0.00000000"}}',
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":157,"u":160,"b":[["0.0024","10"],["0.0023","0.00000000"]],"a":[["0.0026","100"]]}}',
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":161,"u":161,"b":[],"a":[]}}',
];

function open(url = 'wss://stream.binance.com:9443/stream'): Session {
  return binance().createSession({ endpoint: 'public', url, nextId: () => 1 });
}

/** What a session makes of a frame, and of the same frame in a way that is left to `JSON.parse`. */
function bothWays(frame: Buffer, session = open(), topics = TOPICS): [Call[], Call[]] {
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
      open().onFrame(Buffer.from(frame), false, 0, sink);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    const [, plain] = bothWays(Buffer.from(frame));
    expect(sink.calls).toEqual(plain);
    expect(plain).toHaveLength(1);
  });

  test('is read in microseconds where the connection has them', () => {
    const frame = FRAMES[0]!.replaceAll('167251578213', '167251578213123');
    const session = open('wss://stream.binance.com:9443/stream?timeUnit=MICROSECOND');
    const [hot, plain] = bothWays(Buffer.from(frame), session);
    expect(hot).toEqual(plain);
    expect(hot[0]?.[2]).toBe(1672515782131.237);
  });

  test.each(FRAMES)('is read as UTF-8 where its symbol is not ASCII: %s', (frame) => {
    const topics = TOPICS.map((topic) => topic.replace('btc', '币安'));
    const bytes = Buffer.from(frame.replace('btc', '币安').replace('BTC', '币安'));
    const parse = jest.spyOn(JSON, 'parse');
    const sink = new RecordingSink(...topics);
    try {
      open().onFrame(bytes, false, 0, sink);
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
    const ascii = new RecordingSink(...TOPICS);
    open().onFrame(Buffer.from(frame), false, 0, ascii);
    const [[name, topic, ...values] = ['nothing', '']] = sink.calls;
    expect([name, String(topic).replace('币安', 'btc'), ...values]).toEqual(ascii.calls[0]);
  });

  test.each([
    ['a price of zero', '"p":"65000.10000000"', '"p":"0.00000000"'],
    ['a price with an exponent', '"p":"65000.10000000"', '"p":"6.5e4"'],
    ['no digit behind the point', '"q":"0.00120000"', '"q":"5."'],
    ['a very long amount', '"q":"0', `"q":"0.${'1'.repeat(70)}`],
    ['a number of more than 2^53', '"t":12345', '"t":9007199254740993'],
    ['a field that comes twice', '"M":true', '"M":true,"q":"7"'],
    ['an escape in the topic', 'btcusdt@trade', 'btcusdt\\u0040trade'],
    ['a space', '"E":1', '"E": 1'],
    ['something after its end', '}}', '}} '],
    ['letters of another script', '"s":"BTCUSDT"', '"s":"ビットUSDT"'],
    [
      'fields in another order',
      '"p":"65000.10000000","q":"0.00120000"',
      '"q":"0.00120000","p":"65000.10000000"',
    ],
    ['another payload than its topic says', '@trade', '@bookTicker'],
    ['a topic that nobody wants', 'btcusdt@', 'ethusdt@'],
    ['a topic without end', 'btcusdt', 'x'.repeat(70_000)],
  ])('is read alike with %s', (_, from, to) => {
    const frame = FRAMES[0]!.replace(from, to);
    expect(frame).not.toBe(FRAMES[0]);
    const [hot, plain] = bothWays(Buffer.from(frame));
    expect(hot).toEqual(plain);
  });

  test('is read alike however it is damaged', () => {
    const random = pseudoRandom(11);
    const read = { hot: 0, otherwise: 0 };
    const session = open();
    for (let run = 0; run < MUTATIONS; run++) {
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
    expect(read.hot).toBeGreaterThan(MUTATIONS / 20);
    expect(read.otherwise).toBeGreaterThan(MUTATIONS / 4);
  });
});

describe('recorded frames', () => {
  const lines = (readCapture('cryptofeed/binance/ws.1.jsonl.gz') ?? []).filter(({ k }) => k === 'recv');

  (lines.length > 0 ? test : test.skip)('are read alike, all of them', () => {
    for (const { frame = '' } of lines) {
      const topic = /"stream":"([^"]+)"/.exec(frame)?.[1] ?? '';
      const [hot, plain] = bothWays(Buffer.from(frame), open(), [topic]);
      expect(hot).toEqual(plain);
    }
  });
});
