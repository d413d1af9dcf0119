import { messageOf } from '../errors.ts';
/** One line of a recorded session; times are milliseconds since the epoch. */
export type RecordedLine =
  /** A socket was opened. */
  | { readonly kind: 'connect'; readonly time: number; readonly url: string }
  /** The client sent a frame. */
  | { readonly kind: 'send'; readonly time: number; readonly frame: Buffer; readonly binary: boolean }
  /** A frame left the socket. */
  | { readonly kind: 'recv'; readonly time: number; readonly frame: Buffer; readonly binary: boolean }
  /** A REST answer arrived. */
  | { readonly kind: 'http'; readonly time: number; readonly url: URL; readonly body: string };

/** A line is not part of a recorded session; the message says what it lacks. */
export class MalformedLineError extends Error {
  readonly code = 'MALFORMED_RECORDING';

  constructor(reason: string) {
    super(`not a line of a recorded session: ${reason}`);
    this.name = 'MalformedLineError';
  }
}

/**
 * Reads `{"t":…,"k":"connect"|"send"|"recv"|"http",…}`: `t` in seconds, `url` of a connection or answer, `frame` as text
 * or `b64` where it was binary.
 * @throws MalformedLineError
 */
export function parseRecordedLine(text: string): RecordedLine {
  const line = parseObject(text);
  const time = timeOf(line.t);
  switch (line.k) {
    case 'connect':
      return { kind: 'connect', time, url: urlOf(line.url) };
    case 'send':
    case 'recv':
      return { kind: line.k, time, ...frameOf(line) };
    case 'http':
      return { kind: 'http', time, url: new URL(urlOf(line.url)), body: textOf(line.frame, '"frame"') };
    default:
      throw new MalformedLineError(`"k" must be connect, send, recv or http; got ${shown(line.k)}`);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedLineError(messageOf(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedLineError(`it must be a JSON object; got ${shown(value)}`);
  }
  return Object.fromEntries(Object.entries(value));
}

/** Whole microseconds: a second with a fraction holds no more, and its further digits are noise of the conversion. */
function timeOf(seconds: unknown): number {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) {
    throw new MalformedLineError(`"t" must be seconds since the epoch; got ${shown(seconds)}`);
  }
  return Math.round(seconds * 1e6) / 1e3;
}

function urlOf(url: unknown): string {
  const text = textOf(url, '"url"');
  if (!URL.canParse(text)) throw new MalformedLineError(`"url" must be a URL; got ${shown(url)}`);
  return text;
}

function frameOf(line: Readonly<Record<string, unknown>>): { frame: Buffer; binary: boolean } {
  if (line.b64 === undefined) return { frame: Buffer.from(textOf(line.frame, '"frame"')), binary: false };
  return { frame: Buffer.from(textOf(line.b64, '"b64"'), 'base64'), binary: true };
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new MalformedLineError(`${name} must be text; got ${shown(value)}`);
  return value;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
