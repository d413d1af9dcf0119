import { Replay, type RecordedLine, type ReplayReport } from '@exchange-stream/nestjs/engine';
import { lab } from './adapter/lab.adapter.ts';

const TOPIC = 'book:BTC-USDT';

/** A recording of a connection that was asked for numbers, with the data frames that bear these. */
function replayed(...numbers: number[]): ReplayReport {
  const lines: RecordedLine[] = [{ kind: 'connect', time: 0, url: 'wss://lab.test/public' }];
  const received = (message: object): number =>
    lines.push({
      kind: 'recv',
      time: lines.length,
      binary: false,
      frame: Buffer.from(JSON.stringify(message)),
    });
  const book = (number: number, data: object): number =>
    received({ topic: TOPIC, time: number, number, data: { ...data, bids: [[`${number}`, '1']], asks: [] } });
  received({ flags: 1, id: 1 });
  book(1, { snapshot: true });
  for (const number of numbers) book(number, {});
  const replay = new Replay(lab({ books: 'none', numbered: true }));
  for (const line of lines) replay.read(line);
  return replay.report();
}

describe('a recording of numbered frames', () => {
  test('shows links over the connection', () => {
    expect(replayed(2, 3, 4)).toMatchObject({
      ok: true,
      connections: [{ linksOk: 3, gaps: 0, repeated: 0 }],
      books: [{ snapshots: 1, updates: 3, gaps: 0 }],
    });
  });

  test('is not right where a frame is missing, and its books are not from there on', () => {
    expect(replayed(2, 4, 5)).toMatchObject({
      ok: false,
      connections: [{ linksOk: 2, gaps: 1 }],
      books: [{ snapshots: 1, gaps: 1 }],
    });
  });

  test('passes over what came again', () => {
    expect(replayed(2, 2, 1, 3)).toMatchObject({
      ok: true,
      connections: [{ linksOk: 2, gaps: 0, repeated: 2 }],
      books: [{ updates: 2 }],
    });
  });
});
