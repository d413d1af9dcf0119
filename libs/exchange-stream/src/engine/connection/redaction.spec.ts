import { excerpt, frameExcerpt, redactText } from './redaction.ts';

const CANARY = 'c4n4ry';

describe('texts from outside', () => {
  test.each([
    `see https://one.test/login?next=/&session=${CANARY}`,
    `<a href="/retry?${CANARY}">again</a>`,
    `wss://key:${CANARY}@one.test/ws`,
    `{"listenKey":"${CANARY}"}`,
    `{"body":"{\\"token\\":\\"${CANARY}\\"}"}`,
    `Authorization: Bearer ${CANARY}`,
    `api_key=${CANARY}&side=buy`,
    `eyJhbGciOi.${CANARY}.sig`,
  ])('show no secret: %s', (text) => {
    expect(redactText(text)).not.toContain(CANARY);
  });

  test.each([
    `wss://key:${CANARY}@one.test/ws`,
    `wss://${CANARY}@one.test/ws`,
    `https://one.test/login?session=${CANARY}`,
    `{"token":"${CANARY}"}`,
  ])('show none of %s either, wherever they were cut', (text) => {
    const cuts = Array.from({ length: text.length }, (_, index) => index + 1);
    const shown = cuts.map((length) => frameExcerpt(Buffer.from(text), length));
    expect(shown.filter((part) => part.includes(CANARY.slice(0, 3)))).toEqual([]);
  });

  test.each(['Why? Because of "maintenance".', '{"e":"trade","p":"0.01","q":null}', 'https://one.test/ws'])(
    'are otherwise left as they are: %s',
    (text) => expect(redactText(text)).toBe(text),
  );

  test('fit on one line of a log and cannot forge another', () => {
    expect(excerpt('  one\r\n\u001b[31mtwo\u0000  three', 100)).toBe('one [31mtwo three');
    expect(excerpt('x'.repeat(1_000), 10)).toHaveLength(10);
    expect(frameExcerpt(Buffer.alloc(1_000, 'x'), 10)).toHaveLength(10);
    expect(frameExcerpt(Buffer.from('see https://one.test'), 100)).toBe('see https://one.test');
  });
});
