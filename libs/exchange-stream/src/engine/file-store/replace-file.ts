import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';

/**
 * Puts a new content in the place of a file, whole or not at all: written beside it, flushed to the disk, renamed over it.
 * For one writer at a time. Links are followed, and the file keeps its mode.
 *
 * By hand, because `write-file-atomic` (7.0.1) asks for one write and does not look at how much of it was taken: on a
 * disk that fills up meanwhile it renames the torn file over the good one and reports success.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  // A file that is not there yet is neither a link nor has a mode.
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    (stats) => stats.mode & 0o777,
    () => undefined,
  );
  const temporary = `${target}.tmp`;
  try {
    await writeNew(temporary, text);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    // What went wrong first is what counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  // A process that was killed here has left one; its content is of no use.
  await rm(path, { force: true });
  const file = await open(path, 'wx');
  try {
    // Unlike `write`, it goes on until everything is taken or refused.
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
