/** An entry of a list that is not what it should be. */
export interface RefusedEntry {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly reason: string;
}

/** What a text turned out to be. */
export type ReadList<T> =
  | { readonly isOurs: true; readonly entries: readonly T[]; readonly refused: readonly RefusedEntry[] }
  | { readonly isOurs: false; readonly reason: string };

/**
 * How a list stands in its file: JSON that says what it is and in which version, so that nothing else is ever mistaken
 * for it.
 */
export class JsonList<T> {
  /**
   * @param name of what it lists: the key of the list, and part of its format
   * @param readEntry the entry, or why it is none
   */
  constructor(
    readonly name: string,
    private readonly version: number,
    private readonly readEntry: (entry: unknown) => T | string,
  ) {}

  write(entries: readonly T[]): string {
    const { format, version, name } = this;
    return `${JSON.stringify({ format, version, [name]: entries }, undefined, 2)}\n`;
  }

  read(text: string): ReadList<T> {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return { isOurs: false, reason: 'it is no whole JSON' };
    }
    if (!isObject(document) || document.format !== this.format) {
      return { isOurs: false, reason: `it does not say "format": "${this.format}"` };
    }
    if (document.version !== this.version) {
      const version = JSON.stringify(document.version) ?? 'none';
      return {
        isOurs: false,
        reason: `its version is ${version}, and this program reads version ${this.version}`,
      };
    }
    const list = document[this.name];
    if (!Array.isArray(list)) return { isOurs: false, reason: `it has no list of ${this.name}` };
    return { isOurs: true, ...this.readEntries(list) };
  }

  private get format(): string {
    return `exchange-stream/${this.name}`;
  }

  private readEntries(list: readonly unknown[]): { entries: T[]; refused: RefusedEntry[] } {
    const entries: T[] = [];
    const refused: RefusedEntry[] = [];
    for (const [index, entry] of list.entries()) {
      const read = this.readEntry(entry);
      if (typeof read === 'string') refused.push({ index, reason: read });
      else entries.push(read);
    }
    return { entries, refused };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 64);
}
