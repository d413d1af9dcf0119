/** Where a command writes, and how it learns that it should end. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Everything that is said beside the result. */
  err(text: string): void;
  /** Aborted when the user, or the system, asks the program to end. */
  readonly interrupted: AbortSignal;
}

/** The terminal, or whatever stands in its place, that the program was started on. */
export function processTerminal(): Terminal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Kept for good: npm passes on a signal that the terminal has sent already, and the second must not kill us halfway.
    process.on(signal, () => interrupt.abort());
  }
  // A reader such as `head` has seen enough.
  process.stdout.on('error', () => interrupt.abort());
  process.stderr.on('error', () => interrupt.abort());
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted: interrupt.signal,
  };
}

/** Resolves when the user asks the program to end. */
export function untilInterrupted({ interrupted }: Terminal): Promise<void> {
  if (interrupted.aborted) return Promise.resolve();
  return new Promise((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
}
