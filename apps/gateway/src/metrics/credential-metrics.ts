import type { CredentialFiles } from '../credentials/credential-files.ts';
import type { ReadMetrics } from './read-metrics.ts';

/** What becomes of files of credentials that change. */
export function registerCredentialMetrics(
  metrics: ReadMetrics,
  files: Pick<CredentialFiles, 'counts'>,
): void {
  metrics.counter(
    'credential_files_total',
    'Looks at files of credentials that found others, which were taken over, or none that can be used',
    ['exchange', 'outcome'],
    () =>
      files
        .counts()
        .flatMap(([exchange, { taken, unusable }]) => [
          [{ exchange, outcome: 'taken' }, taken] as const,
          [{ exchange, outcome: 'unusable' }, unusable] as const,
        ]),
  );
}
