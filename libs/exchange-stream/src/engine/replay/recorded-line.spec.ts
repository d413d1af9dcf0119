import { MalformedLineError, parseRecordedLine } from './recorded-line.ts';

describe('parseRecordedLine', () => {
  it('keeps a frame to the byte and its time to the microsecond', () => {
    const line = parseRecordedLine('{"t":1633998512.0633569,"k":"recv","frame":"{\\"a\\": 1.0}"}');

    expect(line).toEqual({
      kind: 'recv',
      time: 1_633_998_512_063.357,
      frame: Buffer.from('{"a": 1.0}'),
      binary: false,
    });
  });

  it('reads a binary frame as it came off the wire', () => {
    const line = parseRecordedLine('{"t":1,"k":"recv","b64":"H4sI","enc":"gzip"}');

    expect(line).toMatchObject({ frame: Buffer.from([0x1f, 0x8b, 0x08]), binary: true });
  });

  it.each([
    ['{"t":1,', 'JSON'],
    ['[1]', 'it must be a JSON object; got [1]'],
    ['{"k":"recv","frame":""}', '"t" must be seconds since the epoch; got nothing'],
    ['{"t":"1","k":"recv","frame":""}', '"t" must be seconds since the epoch; got "1"'],
    ['{"t":1,"k":"close"}', '"k" must be connect, send, recv or http; got "close"'],
    ['{"t":1,"k":"recv"}', '"frame" must be text; got nothing'],
    ['{"t":1,"k":"connect","url":"nowhere"}', '"url" must be a URL; got "nowhere"'],
    ['{"t":1,"k":"http","url":"https://x/"}', '"frame" must be text; got nothing'],
  ])('says what is wrong with %s', (text, reason) => {
    expect(() => parseRecordedLine(text)).toThrow(MalformedLineError);
    expect(() => parseRecordedLine(text)).toThrow(reason);
  });
});
