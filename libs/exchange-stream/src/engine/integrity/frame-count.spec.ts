import { FrameCount } from './frame-count.ts';

const judged = (count: FrameCount, ...numbers: number[]): string[] =>
  numbers.map((number) => count.judge(number));

describe('the count of all frames of a connection', () => {
  test('begins where it begins, and goes on by one', () => {
    const count = new FrameCount();
    expect(judged(count, 7, 8, 9)).toEqual(['follows', 'follows', 'follows']);
    expect(count).toMatchObject({ linksOk: 2, gaps: 0, repeated: 0 });
  });

  test('misses the first one where it is known where it begins', () => {
    const count = new FrameCount();
    count.restart(1);
    expect(judged(count, 2, 3)).toEqual(['missing', 'follows']);
    expect(count.missing).toBe('frames 1 to 1 of the connection are missing');
  });

  test('does not count the first one as a link, known or not', () => {
    const count = new FrameCount();
    count.restart(0);
    expect(judged(count, 0, 1, 2)).toEqual(['follows', 'follows', 'follows']);
    expect(count).toMatchObject({ linksOk: 2, gaps: 0 });
  });

  test('says what is missing, and goes on behind it', () => {
    const count = new FrameCount();
    expect(judged(count, 1, 4, 5)).toEqual(['follows', 'missing', 'follows']);
    expect(count.missing).toBe('frames 2 to 3 of the connection are missing');
    expect(count).toMatchObject({ linksOk: 1, gaps: 1 });
  });

  test('passes over what is repeated or late', () => {
    const count = new FrameCount();
    expect(judged(count, 1, 3, 2, 3, 4)).toEqual(['follows', 'missing', 'repeated', 'repeated', 'follows']);
    expect(count).toMatchObject({ gaps: 1, repeated: 2 });
  });

  test('is another one where its numbers leap, of which nobody says that so many are missing', () => {
    const count = new FrameCount();
    expect(judged(count, 1, 2 ** 50)).toEqual(['follows', 'missing']);
    expect(count.missing).toBe(`the numbers of frames leapt from 1 to ${2 ** 50}`);
    expect(judged(count, 2 ** 50 + 1)).toEqual(['follows']);
  });

  test('is another one where a row of numbers of the past goes on and on', () => {
    const count = new FrameCount();
    count.judge(500);
    const verdicts = judged(count, ...Array.from({ length: 12 }, (_, index) => index + 1));
    expect(verdicts).toEqual([...Array<string>(9).fill('repeated'), 'missing', 'follows', 'follows']);
    expect(count.missing).toBe('the numbers of frames went back from 500 to 10');
  });

  test('is not another one for late frames that are none of a row', () => {
    const count = new FrameCount();
    count.judge(500);
    expect(new Set(judged(count, ...Array<number>(50).fill(499)))).toEqual(new Set(['repeated']));
    expect(judged(count, 501)).toEqual(['follows']);
  });
});
