import { existsSync, readFileSync } from 'node:fs';
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

/** The lines of a capture file (gzip JSON lines); undefined, with a word on how to get it, where it is absent. */
export function readCapture(path: string): CapturedLine[] | undefined {
  const file = join(ROOT, path);
  if (!existsSync(file)) {
    process.stderr.write(
      `Skipped: no capture ${path}. Set CAPTURES_DIR to a folder of captures to run this.\n`,
    );
    return undefined;
  }
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as CapturedLine);
}
