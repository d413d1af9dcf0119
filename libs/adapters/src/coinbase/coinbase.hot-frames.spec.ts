import type { Session } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbase } from './coinbase.adapter.ts';

const TOPICS = ['market_trades:BTC-USD', 'level2:BTC-USD', 'market_trades:ETH-USD', 'level2:ETH-USD'];

/** Enough for each frame to be damaged in every way. */
const RUNS = MUTATIONS / 20;

const FRAMES = [
  '{"channel":"market_trades","timestamp":"2026-08-09T21:05:48.251397169Z","sequence_num":9,"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572091","price":"65083.67","size":"0.01034361","time":"2026-08-09T21:05:48.167634Z","side":"SELL"}]}]}',
  '{"channel":"market_trades","timestamp":"2026-08-09T21:05:49.25328358Z","sequence_num":50,"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572092","price":"65083.66","size":"0.00171442","time":"2026-08-09T21:05:49.205817Z","side":"BUY"}]}]}',
  '{"channel":"l2_data","timestamp":"2026-08-09T21:05:48.506659391Z","sequence_num":15,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"offer","event_time":"2026-08-09T21:05:48.264069Z","price_level":"65106.54","new_quantity":"0.15361938"},{"side":"bid","event_time":"2026-08-09T21:05:48.264069Z","price_level":"65062.5","new_quantity":"0"}]}]}',
  '{"channel":"l2_data","timestamp":"2026-08-09T21:05:48.506659391Z","sequence_num":15,"events":[{"type":"update","product_id":"ETH-USD","updates":[{"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"65106.54","new_quantity":"0.15361938"}]}]}',
];

function open(topics: readonly string[] = TOPICS): Session {
  const session = coinbase().createSession({
    endpoint: 'market',
    url: 'wss://advanced-trade-ws.coinbase.com/',
    nextId: () => 1,
  });
  session.subscribe(topics);
  return session;
}

/** What a session makes of a frame, and of the same frame in a way that is left to `JSON.parse`. */
function bothWays(frame: Buffer, session = open(), topics: readonly string[] = TOPICS): [Call[], Call[]] {
  const read = (bytes: Buffer): Call[] => {
    const sink = new RecordingSink(...topics);
    sink.framesCountFrom = () => {};
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
    sink.framesCountFrom = () => {};
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
    expect(plain).toHaveLength(2);
  });

  test.each([
    ['a price of zero', 0, '"65083.67"', '"0.00"'],
    ['an id of more than 2^53', 0, '1068572091', '90071992547409931'],
    ['a side that is none', 0, '"SELL"', '"HOLD"'],
    ['a client id', 0, '"timestamp"', '"client_id":"","timestamp"'],
    ['a second event', 2, ']}]}', ']},{"type":"moo","product_id":"BTC-USD"}]}'],
    ['something after its end', 0, '}]}]}', '}]}]} '],
    ['a field that is new', 0, '"side"', '"bid":"1","side"'],
    ['a snapshot', 2, '"update"', '"snapshot"'],
    ['no levels', 2, /"updates":\[.*\]\}\]/, '"updates":[]}]'],
    ['levels of two times', 2, '48.264069Z","price_level":"65062.5', '48.264070Z","price_level":"65062.5'],
    ['a time that is none', 2, '2026-08-09T21:05:48.264069Z', '2026-08-32T21:05:48.264069Z'],
    ['a number of no frame', 2, ':15,', ':-15,'],
    ['a product that nobody wants', 2, 'BTC-USD', 'SOL-USD'],
  ])('is read alike with %s', (_, index, from, to) => {
    const frame = FRAMES[index]!.replace(from, to);
    expect(frame).not.toBe(FRAMES[index]);
    const [hot, plain] = bothWays(Buffer.from(frame));
    expect(hot).toEqual(plain);
    expect(hot.length).toBeGreaterThan(0);
  });

  test('is passed over where its number says so', () => {
    const sink = new RecordingSink(...TOPICS);
    sink.frameNumber = () => false;
    const session = open();
    for (const frame of FRAMES) session.onFrame(Buffer.from(frame), false, 0, sink);
    expect(sink.calls).toEqual([['framesCountFrom', 0]]);
  });

  test('is of nobody once its topic was given back', () => {
    const session = open();
    session.unsubscribe(TOPICS);
    const [hot] = bothWays(Buffer.from(FRAMES[0]!), session, []);
    expect(hot).toContainEqual(['ignored', 'unsubscribed topic']);
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
      read[plain.some(([call]) => call === 'trade' || call === 'bookUpdate') ? 'hot' : 'otherwise']++;
    }
    // Neither all harmless nor all ruined.
    expect(read.hot).toBeGreaterThan(RUNS / 20);
    expect(read.otherwise).toBeGreaterThan(RUNS / 4);
  });
});

describe('recorded frames', () => {
  // The two whole books are not of the kinds that are read here, and take long.
  const frames = (readCapture('cryptofeed-v3/coinbase/ws.2.jsonl.gz') ?? [])
    .filter(({ k, frame = '' }) => k === 'recv' && frame.length < 100_000)
    .map(({ frame = '' }) => frame);

  (frames.length > 0 ? test : test.skip)('are read alike, all of them', () => {
    const session = open();
    for (const frame of frames) {
      const [hot, plain] = bothWays(Buffer.from(frame), session);
      expect(hot.filter(([name]) => name !== 'reply' && name !== 'ignored')).toEqual(
        plain.filter(([name]) => name !== 'reply' && name !== 'ignored'),
      );
    }
  });
});
