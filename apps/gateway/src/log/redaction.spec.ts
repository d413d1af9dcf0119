import { PinoLogger } from './pino-logger.ts';
import { redact, redactText } from './redaction.ts';

const CANARY = 'hunter2';

describe('redaction', () => {
  it.each([
    'wss://user:hunter2@host/path',
    'wss://host/ws?listenKey=hunter2&x=1',
    'GET https://host/api?signature=hunter2 failed',
    'apiKey=hunter2',
    '{"secret":"hunter2"}',
    'Authorization: Bearer hunter2',
    "passphrase: 'hunter2'",
  ])('takes the secret out of %s', (text) => {
    expect(redactText(text)).not.toContain(CANARY);
  });

  it('leaves ordinary text alone', () => {
    const text =
      'binance/public/1 is open at wss://stream.binance.com:9443/stream, 3 topics; token bucket is full';
    expect(redactText(text)).toBe(text);
  });

  it('goes into objects, lists, errors and their causes, and survives circles', () => {
    const circle: Record<string, unknown> = {
      headers: { Authorization: CANARY },
      list: [{ api_key: CANARY }],
    };
    circle.self = circle;
    const error = new Error(`wss://h?token=${CANARY}`, { cause: new Error(`secret=${CANARY}`) });
    const shown = JSON.stringify(redact({ circle, error }));
    expect(shown).not.toContain(CANARY);
    expect(shown).toContain('[redacted]');
  });
});

describe('PinoLogger', () => {
  const lines: string[] = [];
  const logger = new PinoLogger('info', { write: (line) => void lines.push(line) });
  const last = (): unknown => JSON.parse(lines.at(-1) ?? 'null');

  it('writes a line of JSON with level, time, context and text', () => {
    logger.log('binance lists 9 instruments', 'ExchangeStream');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      context: 'ExchangeStream',
      msg: 'binance lists 9 instruments',
    });
  });

  it('keeps the fields of a structured entry', () => {
    logger.warn(
      { message: 'connection lost', connection: 'binance/public/1', listenKey: CANARY },
      'ExchangeStream',
    );
    expect(last()).toMatchObject({
      level: 'warn',
      msg: 'connection lost',
      connection: 'binance/public/1',
      listenKey: '[redacted]',
    });
  });

  it('shows no secret however it is passed', () => {
    logger.error(new Error(`wss://h?token=${CANARY}`), `at wss://h?token=${CANARY}`, 'Http');
    logger.error({ message: `apiKey=${CANARY}`, error: new Error(CANARY.replace('h', 'secret=h')) }, 'Http');
    logger.log(`wss://u:${CANARY}@h`, 'Http');
    expect(lines.join('')).not.toContain(CANARY);
  });

  it('leaves out what is below its level, and the routes of Nest', () => {
    const before = lines.length;
    logger.debug('x', 'Http');
    logger.log('Mapped {/v1/book, GET} route', 'RouterExplorer');
    expect(lines).toHaveLength(before);
  });
});
