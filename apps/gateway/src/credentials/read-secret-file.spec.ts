import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecretFile } from './read-secret-file.ts';

describe('readSecretFile', () => {
  let folder: string;

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'secrets-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a file', async () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'k\n');
    await expect(readSecretFile(path)).resolves.toBe('k\n');
  });

  it.each<[string, (path: string) => void, string]>([
    ['is not there', () => undefined, 'ENOENT'],
    ['is a pipe that nobody writes to', (path) => execFileSync('mkfifo', [path]), 'NOT_A_FILE'],
    ['is far too large', (path) => writeFileSync(path, 'x'.repeat(100_000)), 'TOO_LARGE'],
  ])('refuses what %s', async (what, make, code) => {
    const path = join(folder, what.replaceAll(' ', '-'));
    make(path);
    await expect(readSecretFile(path)).rejects.toMatchObject({ code });
  });
});
