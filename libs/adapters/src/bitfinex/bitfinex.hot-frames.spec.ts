import type { Session } from '@exchange-stream/nestjs/contract';
import { openBitfinex, receive, withChannel } from '../../test/bitfinex-session.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';

const TOPICS = ['book:P0:F0:25:tBTCUSD', 'book:R0:25:tBTCUSD', 'trades:tBTCUSD', 'book:P0:F0:1:tBTCUSD'];
const TAIL = ',17,1790134414850]';
const FRAMES = [
  `[1,[86719.5,2,-0.03483509]${TAIL}`,
  `[1,[86664,0,1]${TAIL}`,
  `[1,[86664,0,-1]${TAIL}`,
  `[1,"cs",-1175357890${TAIL}`,
  `[1,"cs",1330055495${TAIL}`,
  `[1,"hb"${TAIL}`,
  `[2,[55804480297,33766,2]${TAIL}`,
  `[2,[55804480297,0,-1]${TAIL}`,
  `[2,"cs",17${TAIL}`,
  `[3,"te",[401597395,1574694478808,0.005,7245.30]${TAIL}`,
  `[3,"tu",[401597395,1574694478808,-0.005,7245.3]${TAIL}`,
  `[3,"hb"${TAIL}`,
  `[4,[86664,1,1]${TAIL}`,
];

/** A socket with all flags on which everything is open. */
function open(): Session {
  const session = openBitfinex();
  for (const [index, topic] of TOPICS.entries()) withChannel(topic, index + 1, session);
  receive({ event: 'conf', status: 'OK', flags: 229_376 }, [], session);
  receive('[4,[[86600,1,1],[86700,1,-1]],1,1790134414850]', TOPICS, session);
  return session;
}

/** What a session makes of a frame, and of the same frame in a way that is read as any other. */
function bothWays(frame: Buffer, session = open(), plain = session): [Call[], Call[]] {
  const read = (bytes: Buffer, by: Session): Call[] => {
    const sink = new RecordingSink(...TOPICS);
    sink.unhandled = () => void sink.calls.push(['unhandled']);
    try {
      by.onFrame(bytes, false, 0, sink);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sink.calls.push(['no JSON']);
    }
    return sink.calls;
  };
  return [read(frame, session), read(Buffer.concat([Buffer.from(' '), frame]), plain)];
}

describe('a frame of Bitfinex of the kinds that come most', () => {
  test.each(FRAMES)('is the same as read in the other way: %s', (frame) => {
    const [hot, plain] = bothWays(Buffer.from(frame), open(), open());
    expect(hot).toEqual(plain);
    expect(hot.length).toBeGreaterThan(1);
    expect(hot[0]).toEqual(['frameNumber', 17]);
  });

  test.each([
    ['a price of zero', '[86719.5', '[0'],
    ['a price with an exponent', '[86719.5', '[8.6e-7'],
    ['a negative price', '[86719.5', '[-86719.5'],
    ['a padded price', '[86719.5', '[086719.5'],
    ['a price without digits behind its point', '[86719.5', '[86719.'],
    ['an amount of zero', '-0.03483509', '0.00'],
    ['an amount with an exponent', '-0.03483509', '-1e-7'],
    ['a count that is none', ',2,', ',2.5,'],
    ['text', '86719.5', '"86719.5"'],
    ['a fourth column', '-0.03483509]', '-0.03483509,7]'],
    ['a list', '[86719.5,2,-0.03483509]', '[[86719.5,2,-0.03483509]]'],
    ['spaces', ',2,', ', 2,'],
    ['no number', TAIL, ']'],
    ['no time', TAIL, ',17]'],
    ['more behind it', TAIL, ',17,1790134414850,1]'],
    ['a number that is none', ',17,', ',-17,'],
    ['an unknown channel', '[1,', '[9,'],
    ['an account', '[1,', '[0,'],
    ['nothing behind it', TAIL, ',17,1790134414850'],
  ])('is left to the other way with %s', (_what, from, to) => {
    const frame = FRAMES[0]!.replace(from, to);
    expect(frame).not.toBe(FRAMES[0]);
    const [hot, plain] = bothWays(Buffer.from(frame), open(), open());
    expect(hot).toEqual(plain);
  });

  test('is passed over where its number says so', () => {
    const session = open();
    for (const frame of FRAMES) {
      const sink = new RecordingSink(...TOPICS);
      sink.frameNumber = () => false;
      session.onFrame(Buffer.from(frame), false, 0, sink);
      expect(sink.calls).toEqual([]);
    }
  });

  test('of what nobody wants counts all the same', () => {
    for (const frame of FRAMES)
      expect(receive(frame, [], open())).toEqual([
        ['frameNumber', 17],
        ['ignored', 'unsubscribed channel'],
      ]);
  });

  test('is the same however it is damaged', () => {
    const random = pseudoRandom(8);
    const [session, plain] = [open(), open()];
    const frames = FRAMES.map((frame) => Buffer.from(frame));
    for (let mutation = 0; mutation < MUTATIONS / 5; mutation++) {
      const frame = damaged(frames[Math.floor(random() * frames.length)]!, random);
      const [hot, other] = bothWays(frame, session, plain);
      if (JSON.stringify(hot) !== JSON.stringify(other))
        expect({ frame: frame.toString(), hot }).toEqual(other);
    }
  });
});
