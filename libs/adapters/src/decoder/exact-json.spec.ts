import { listCaptures, readLines } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { readExactJson, type ExactJson } from './exact-json.ts';
import { parseQuoted } from './quoted-numbers.ts';

const WAYS = { 'in one pass': readExactJson, 'by JSON.parse': parseQuoted };

const FRAMES = [
  '[225206,[266370,0,1],39]',
  '[232956,[0.00002563,0,-1],119]',
  '[17082,"te",[401597395,1574694478808,0.005,7245.3],12]',
  '[81757,[[7e-7,4,13400.10],[6.6E-7,2,-1e+3]]]',
  '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.3947558}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}',
  '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-24SEP21-8000-P.raw","data":{"type":"change","timestamp":1626993752832,"prev_change_id":33195898165,"change_id":33195898166,"bids":[],"asks":[["delete",0.001,0.0]]}}}',
  '{"event": "info", "version": 2, "platform": {"status": null, "up": [true, false]}}',
  '{"code":20051,"msg":"Stopping\\n\\u00e9 \\"soon\\" ビット","0":-0.0,"10":[],"9":{}}',
];

/** What both make of the bytes: the same values, or no JSON. Throws where they differ. */
function compare(bytes: Buffer, read: (frame: Buffer) => ExactJson): 'JSON' | 'no JSON' {
  const expected = valueOrRefusal(() => JSON.parse(bytes.toString('utf8')) as unknown);
  const actual = valueOrRefusal(() => read(bytes));
  if (!isSame(expected, actual)) {
    throw new Error(`${bytes.toString()} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }
  return expected === REFUSED ? 'no JSON' : 'JSON';
}

const REFUSED = Symbol('refused');

function valueOrRefusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) return REFUSED;
    throw error;
  }
}

function isSame(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'number') {
    return typeof actual === 'string' && NUMBER.test(actual) && Object.is(Number(actual), expected);
  }
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  if (Object.getPrototypeOf(expected) !== Object.getPrototypeOf(actual)) return false;
  const [entries, others] = [Object.entries(expected), Object.entries(actual)];
  return (
    entries.length === others.length &&
    entries.every(([key, value], index) => key === others[index]?.[0] && isSame(value, others[index]?.[1]))
  );
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** All numbers as they are written, in the order of the text. */
function numbersIn(text: string): string[] {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[-+.\deE]*/g) ?? [];
}

function textsIn(value: ExactJson): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

describe.each(Object.entries(WAYS))('a frame read %s', (_, read) => {
  const readText = (text: string): ExactJson => read(Buffer.from(text));

  test.each(FRAMES)('has every number as it is written: %s', (frame) => {
    expect(compare(Buffer.from(frame), read)).toBe('JSON');
    expect(textsIn(readText(frame))).toEqual(expect.arrayContaining(numbersIn(frame)));
  });

  test('keeps digits that a double does not', () => {
    expect(readText('[9007199254740993,65000.10,0.1234567890123456789,7e-7,1e400,-0,-0.00]')).toEqual([
      ...['9007199254740993', '65000.10', '0.1234567890123456789', '7e-7', '1e400', '-0', '-0.00'],
    ]);
  });

  test.each([
    ...[
      '',
      ' ',
      '1',
      ' 1 ',
      '-1',
      '"a"',
      'null',
      'true',
      'false',
      '[]',
      '{}',
      ' [ ] ',
      '\t{ }\r\n',
      '1 2',
      '[1]x',
    ],
    ...[
      '01',
      '-01',
      '1.',
      '.5',
      '+1',
      '-',
      '--1',
      '1e',
      '1e+',
      '1E5',
      '1.5e-3',
      '0x10',
      'NaN',
      'Infinity',
      '1_0',
    ],
    ...[
      '[1,]',
      '[,1]',
      '[1 2]',
      '[1,2',
      '[',
      ']',
      '{',
      '}',
      '[}',
      '{]',
      '[[]',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{,}',
    ],
    ...['{1:2}', '{1 :2}', '{-1.5e3:2}', '{"a":{1:2}}', '{a:1}', "{'a':1}", '{"a" : 1 , "b" : [ 1 , 2 ] }'],
    ...[
      '"',
      '"a',
      '"\\',
      '"\\"',
      '"\\x"',
      '"\\u12"',
      '"\\u12345"',
      '"\\ud800"',
      '"\\ud83d\\ude00"',
      '"\\/\\b\\f"',
    ],
    ...[
      '"a\nb"',
      '"a\u0000b"',
      '"\u007f"',
      '"\u2028"',
      '"é"',
      'é',
      '\ufeff1',
      '\u00a01',
      '1\u0000',
      '\u0000',
      '"1"',
    ],
    ...[
      'tru',
      'truee',
      'nul',
      'nulll',
      'fals',
      'falsee',
      '[truefalse]',
      '[true,false,null]',
      'tr1ue',
      '12abc',
      '00000',
    ],
    ...[
      '/**/1',
      '[1]//',
      '{"a":1}{"b":2}',
      '"a""b"',
      '"a"1',
      '1"a"',
      '{"":1}',
      '{"":{"":""}}',
      '[-]',
      '[1-2]',
    ],
  ])('is %j or is refused, as JSON.parse has it', (text) => {
    compare(Buffer.from(text), read);
  });

  test.each([
    ['ff', '22ff22'],
    ['a character cut short', '22e38322'],
    ['a surrogate', '22eda08022'],
    ['an overlong slash', '22c0af22'],
    ['a byte order mark', 'efbbbf31'],
    ['latin1', '7b22e9223a317d'],
  ])('is what JSON.parse makes of its UTF-8 where that holds %s', (_name, hex) => {
    compare(Buffer.from(hex, 'hex'), read);
  });

  test('has the last of keys that come twice, where the first one stood', () => {
    compare(Buffer.from('{"a":1,"b":2,"a":3,"1":4,"0":5,"1":6}'), read);
  });

  test('has no way to a prototype', () => {
    const frame = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":3}';
    const value = readText(frame) as Record<string, ExactJson>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
    expect(compare(Buffer.from(frame), read)).toBe('JSON');
  });

  test('may nest a hundred arrays and objects, not more', () => {
    const nested = (depth: number): string => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);
    expect(compare(Buffer.from(nested(100)), read)).toBe('JSON');
    expect(() => readText(nested(102))).toThrow(expect.objectContaining({ code: 'DEEP_FRAME' }) as Error);
    for (const text of ['['.repeat(100_000), '{"a":'.repeat(100_000), nested(200_000)]) {
      expect(() => readText(text)).toThrow(expect.objectContaining({ code: 'DEEP_FRAME' }) as Error);
    }
    expect(readText(`[${'[],{},'.repeat(1000)}[]]`)).toHaveLength(2001);
  });

  test.each([65_535, 65_536, 65_537, 200_000])('may have %d bytes', (size) => {
    const text = `[${'1,'.repeat((size - 3) >> 1)}1${' '.repeat((size - 3) & 1)}]`;
    expect(text).toHaveLength(size);
    expect(compare(Buffer.from(text), read)).toBe('JSON');
    expect(compare(Buffer.from(text.slice(0, -1)), read)).toBe('no JSON');
    expect(compare(Buffer.from('1'.repeat(size)), read)).toBe('JSON');
    expect(compare(Buffer.from('0'.repeat(size)), read)).toBe('no JSON');
    expect(compare(Buffer.from(`"${'x'.repeat(size)}`), read)).toBe('no JSON');
    expect(compare(Buffer.from(`[${'"a",'.repeat(size >> 2)}`), read)).toBe('no JSON');
  });

  test('is read alike however it is damaged', () => {
    const random = pseudoRandom(5);
    const results = { JSON: 0, 'no JSON': 0 };
    for (let run = 0; run < MUTATIONS; run++) {
      results[compare(damaged(Buffer.from(FRAMES[run % FRAMES.length]!), random), read)]++;
    }
    // Neither all harmless nor all ruined.
    expect(results.JSON).toBeGreaterThan(MUTATIONS / 10);
    expect(results['no JSON']).toBeGreaterThan(MUTATIONS / 4);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 120_000);
});

test('a frame that ends early does not go on in the one before it', () => {
  readExactJson(Buffer.from('[1,2,3]'));
  expect(compare(Buffer.from('[x'), readExactJson)).toBe('no JSON');
  expect(compare(Buffer.from('[1'), readExactJson)).toBe('no JSON');
  expect(compare(Buffer.from('1'), readExactJson)).toBe('JSON');
});

test('frames that follow one another leave nothing behind', () => {
  const [first, second] = ['{"a":1,"b":[1,2,{"c":"x"}]}', '{"a":2,"c":[{"b":"y"}],"ab":3}'];
  const keys = Array.from({ length: 20_000 }, (_, index) => `{"k${index}":${index},"a":{"k${index * 7}":1}}`);
  for (const frame of [first, second, first, '{"a":', second, ...keys, first, second, ...keys]) {
    compare(Buffer.from(frame), readExactJson);
  }
});

describe('recorded frames', () => {
  const paths = listCaptures() ?? [];

  (paths.length > 0 ? test : test.skip)(
    'are read alike, all of them, damaged ones too',
    () => {
      const random = pseudoRandom(17);
      let frames = 0;
      for (const path of paths) {
        for (const line of readLines(path) ?? []) {
          for (const frame of framesIn(line)) {
            frames++;
            const bytes = Buffer.from(frame);
            const result = compare(bytes, readExactJson);
            if (frames % 8 === 0) compare(bytes, parseQuoted);
            if (bytes.length < 5_000) compare(damaged(bytes, random), readExactJson);
            if (result === 'JSON') expectAllNumbers(frame, readExactJson(bytes));
          }
        }
      }
      expect(frames).toBeGreaterThan(10_000);
    },
    120_000,
  );
});

/** The line as it stands, and the frame in it where it is one of a session. */
function framesIn(line: string): string[] {
  const { frame } = JSON.parse(line) as { frame?: unknown };
  return typeof frame === 'string' ? [line, frame] : [line];
}

function expectAllNumbers(frame: string, value: ExactJson): void {
  const texts = new Set(textsIn(value));
  const missing = numbersIn(frame).filter((number) => !texts.has(number));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} of ${frame.slice(0, 500)}`);
}
