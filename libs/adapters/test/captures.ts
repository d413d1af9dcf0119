import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where recorded exchange traffic lies. It is data of others and no part of the project. */
const ROOT = process.env.CAPTURES_DIR ?? join(__dirname, '../../../../shared/captures');

/** One line of a recorded session. */
export interface CapturedLine {
  readonly k: 'connect' | 'send' | 'recv' | 'http';
  readonly url?: string;
  readonly frame?: string;
}

/** The lines of a recorded session; undefined where it is absent. */
export function readCapture(path: string): CapturedLine[] | undefined {
  return readLines(path)?.map((line) => JSON.parse(line) as CapturedLine);
}

/** The lines of a capture file, gzipped or not; undefined, with a word on how to get it, where it is absent. */
export function readLines(path: string): string[] | undefined {
  const file = join(ROOT, path);
  if (!existsSync(file)) {
    process.stderr.write(
      `Skipped: no capture ${path}. Set CAPTURES_DIR to a folder of captures to run this.\n`,
    );
    return undefined;
  }
  const bytes = readFileSync(file);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** All capture files that are there; undefined, with a word on how to get them, where none is. */
export function listCaptures(): string[] | undefined {
  if (!existsSync(ROOT)) {
    process.stderr.write('Skipped: no captures. Set CAPTURES_DIR to a folder of captures to run this.\n');
    return undefined;
  }
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.jsonl(\.gz)?$/.test(path))
    .sort();
}
