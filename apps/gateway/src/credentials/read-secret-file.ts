import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_SECRET_LENGTH } from './secret-text.ts';

/** How long a file may take: one on a network that hangs must not hold everything up. */
const DEADLINE_MS = 2_000;

/** More than any value, whatever its characters are made of. */
const MAX_BYTES = 4 * MAX_SECRET_LENGTH;

/** What is wrong with a file; its message says nothing of where it is. */
class SecretFileError extends Error {
  constructor(readonly code: string) {
    super(code);
    this.name = 'SecretFileError';
  }
}

/** Reads files of credentials while the gateway runs. */
export type SecretFileReader = (path: string) => Promise<string>;

/** The text of an ordinary file of moderate size. What it rejects with has a `code`, and a message that may quote the path. */
export const readSecretFile: SecretFileReader = (path) =>
  Promise.race([readOrdinaryFile(path), overdue(AbortSignal.timeout(DEADLINE_MS))]);

async function readOrdinaryFile(path: string): Promise<string> {
  // A pipe is opened without waiting for who writes to it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new SecretFileError('NOT_A_FILE');
    if (stat.size > MAX_BYTES) throw new SecretFileError('TOO_LARGE');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function overdue(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new SecretFileError('TIMEOUT')), { once: true });
  });
}
