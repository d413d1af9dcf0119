import { createReadStream } from 'node:fs';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MalformedLineError, parseRecordedLine, type RecordedLine } from '@exchange-stream/nestjs/engine';
import { CommandFailure } from '../command-failure.ts';
import { UNREADABLE } from './exit-codes.ts';

/** A recorded line and where it stands. */
export interface PlacedLine {
  readonly line: RecordedLine;
  /** `ws.jsonl.gz:12`. */
  readonly place: string;
}

/**
 * The lines of a recording, one by one; a file is never in memory as a whole.
 * @throws CommandFailure naming file and line
 */
export async function* readRecording(path: string): AsyncGenerator<PlacedLine> {
  for await (const { text, number } of readLines(path)) {
    const place = `${path}:${number}`;
    yield { line: parseLine(text, place), place };
  }
}

/**
 * The lines of a recording that hold REST answers; the others are not even parsed.
 * @throws CommandFailure naming file and line
 */
export async function* readAnswers(path: string): AsyncGenerator<RecordedLine & { kind: 'http' }> {
  for await (const { text, number } of readLines(path)) {
    // Quotes inside a frame are escaped, so this finds the line's own "k" only.
    if (!text.includes('"http"')) continue;
    const line = parseLine(text, `${path}:${number}`);
    if (line.kind === 'http') yield line;
  }
}

function parseLine(text: string, place: string): RecordedLine {
  try {
    return parseRecordedLine(text);
  } catch (error) {
    if (!(error instanceof MalformedLineError)) throw error;
    throw new CommandFailure(`${place}: ${error.message}`, UNREADABLE);
  }
}

/** Lines that are not blank, counted from 1. */
async function* readLines(path: string): AsyncGenerator<{ text: string; number: number }> {
  let number = 0;
  try {
    let parts: string[] = [];
    for await (const chunk of open(path)) {
      const lines = String(chunk).split('\n');
      for (const [index, part] of lines.entries()) {
        parts.push(part);
        if (index === lines.length - 1) break;
        const text = parts.join('');
        parts = [];
        number++;
        if (text.trim() !== '') yield { text, number };
      }
    }
    const last = parts.join('');
    if (last.trim() !== '') yield { text: last, number: number + 1 };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const place = number === 0 ? path : `${path}:${number + 1}`;
    throw new CommandFailure(`${place}: cannot be read: ${error.message}`, UNREADABLE);
  }
}

function open(path: string): Readable {
  const unpacked = path.endsWith('.gz') ? createGunzip() : new PassThrough();
  // Errors of either end come out of the iteration over the last one.
  pipeline(createReadStream(path), unpacked, () => {});
  return unpacked.setEncoding('utf8');
}

/** Errors of the file system and of zlib have a code such as `ENOENT` or `Z_DATA_ERROR`. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && !(error instanceof CommandFailure);
}
