import type { PlacedLine } from './recording-file.ts';

/** The lines of two recordings in order of their time; at the same time REST answers, the second, come first. */
export async function* mergeByTime(
  frames: AsyncIterable<PlacedLine>,
  answers: AsyncIterable<PlacedLine>,
): AsyncGenerator<PlacedLine> {
  const waiting = answers[Symbol.asyncIterator]();
  let answer = await waiting.next();
  for await (const frame of frames) {
    for (; answer.done !== true && answer.value.line.time <= frame.line.time; answer = await waiting.next()) {
      yield answer.value;
    }
    yield frame;
  }
  for (; answer.done !== true; answer = await waiting.next()) yield answer.value;
}
