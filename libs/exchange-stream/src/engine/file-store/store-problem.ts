/** Something about a store that its operator should know. */
export interface StoreProblem {
  /**
   * `unreadable`: nothing could be loaded. `set-aside`: what was there is not ours to use; it lies beside under another
   * name. `refused-entry`: one entry is not what it should be. `unsaved`: the last content is not on disk.
   */
  readonly kind: 'unreadable' | 'set-aside' | 'refused-entry' | 'unsaved';
  /** What happened, and what it means for what is stored. */
  readonly message: string;
  readonly cause?: unknown;
}
