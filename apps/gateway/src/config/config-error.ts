/** What is wrong with one value. */
export interface ConfigProblem {
  /** The key as the user wrote it: an environment variable, or a path in the file. */
  readonly key: string;
  /** What came, what would work; without the key. */
  readonly message: string;
}

/** The configuration cannot work as it stands. The message has one line for each problem. */
export class ConfigError extends Error {
  readonly code = 'INVALID_CONFIG';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ key, message }) => `${key}: ${message}`).join('\n'));
    this.name = 'ConfigError';
  }
}
