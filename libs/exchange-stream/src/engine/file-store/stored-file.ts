import { readFile, rename } from 'node:fs/promises';
import { SystemClock, type Clock } from '@exchange-stream/market-data';
import type { JsonList } from './json-list.ts';
import { replaceFile } from './replace-file.ts';
import type { StoreProblem } from './store-problem.ts';
import { messageOf } from '../errors.ts';

export interface FileStoreOptions {
  /** Names files that are set aside. Default: the machine's. */
  readonly clock?: Clock;
  /** Is told what goes wrong; must not throw. Default: nobody is. */
  readonly report?: (problem: StoreProblem) => void;
}

/**
 * Keeps a list in a file. It is replaced whole or not at all, and a file that holds something else, or cannot be read, is
 * never overwritten: it is renamed first. One process to a file: whoever saves last replaces what others saved.
 */
export class StoredFile<T> {
  private readonly clock: Clock;
  private readonly report: (problem: StoreProblem) => void;
  /** The newest list that waits to be written. */
  private wanted: readonly T[] | undefined;
  private saving: Promise<void> | undefined;
  /** What lies at the path has been read by us, written by us, or is not there: it may be replaced. */
  private mayReplace = false;

  constructor(
    readonly path: string,
    private readonly form: JsonList<T>,
    options: FileStoreOptions = {},
  ) {
    this.clock = options.clock ?? new SystemClock();
    this.report = options.report ?? (() => undefined);
  }

  /** What was saved last; undefined where there is nothing of ours. */
  async load(): Promise<readonly T[] | undefined> {
    const text = await this.read();
    if (text === undefined) return undefined;
    const read = this.form.read(text);
    if (!read.isOurs) {
      await this.setAside(read.reason);
      return undefined;
    }
    this.mayReplace = true;
    for (const { index, reason } of read.refused) {
      this.report({
        kind: 'refused-entry',
        message: `${this.path}: entry ${index} is left out, ${reason}; the next change removes it from the file.`,
      });
    }
    return read.entries;
  }

  /** Settles when this list or a later one has been tried. */
  save(content: readonly T[]): Promise<void> {
    this.wanted = [...content];
    this.saving ??= this.saveAll();
    return this.saving;
  }
  /** One writer: lists that came while it wrote are one more write, of the newest. */
  private async saveAll(): Promise<void> {
    while (this.wanted) {
      const content = this.wanted;
      this.wanted = undefined;
      await this.write(content);
    }
    this.saving = undefined;
  }

  private async write(content: readonly T[]): Promise<void> {
    try {
      if (!this.mayReplace) await this.setAside('it was not read');
      if (!this.mayReplace) throw new Error('what lies there was not read and cannot be set aside');
      await replaceFile(this.path, this.form.write(content));
    } catch (error) {
      this.report({
        kind: 'unsaved',
        message: `${this.path}: ${content.length} ${this.form.name} are not saved; the next change tries again: ${messageOf(error)}`,
        cause: error,
      });
    }
  }

  /** The file's text; nothing where there is no file, or none that can be read. */
  private async read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') this.mayReplace = true;
      else {
        this.report({
          kind: 'unreadable',
          message: `${this.path}: nothing is restored, the file cannot be read: ${messageOf(error)}`,
          cause: error,
        });
      }
      return undefined;
    }
  }

  private async setAside(reason: string): Promise<void> {
    // Colons stand in no file name on Windows.
    const time = new Date(this.clock.now()).toISOString().replaceAll(':', '-');
    const aside = `${this.path}.${time}`;
    try {
      await rename(this.path, aside);
      this.mayReplace = true;
      const message = `${this.path}: nothing is restored, ${reason}; the file is now ${aside}.`;
      this.report({ kind: 'set-aside', message });
    } catch (error) {
      this.mayReplace = codeOf(error) === 'ENOENT';
      if (this.mayReplace) return;
      this.report({
        kind: 'unreadable',
        message: `${this.path}: nothing is restored, ${reason}, and it cannot be set aside: ${messageOf(error)}`,
        cause: error,
      });
    }
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
