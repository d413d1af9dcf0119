/** Recorded frames of exchanges whose prices are JSON numbers. They are data of others and no part of the project. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const ROOT = process.env.CAPTURES_DIR ?? fileURLToPath(new URL('../../../shared/captures', import.meta.url));
const FILES = {
  Bitfinex: 'cryptofeed/bitfinex/ws.11.jsonl.gz',
  Deribit: 'cryptofeed/deribit/ws.1.jsonl.gz',
  'Kraken v2': 'nautilus/kraken/ws.jsonl',
};
/** Snapshots and answers to requests are left out: they are few, and would be most of the bytes. */
const MAX_LENGTH = 4_000;

/** Frames by exchange; none, with a word on how to get them, where they are absent. */
export function recordedFrames() {
  const files = Object.entries(FILES).filter(([, file]) => existsSync(`${ROOT}/${file}`));
  if (files.length === 0) {
    console.error('No recorded frames. Set CAPTURES_DIR to a folder of captures to have these rows.');
  }
  return Object.fromEntries(files.map(([exchange, file]) => [exchange, framesOf(`${ROOT}/${file}`)]));
}

function framesOf(file) {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(
      ({ k, frame }) => (k ?? 'recv') === 'recv' && typeof frame === 'string' && frame.length <= MAX_LENGTH,
    )
    .map(({ frame }) => Buffer.from(frame));
}
