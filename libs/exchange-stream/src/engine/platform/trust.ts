import type { SecureVersion } from 'node:tls';

/** What every TLS connection demands. Said aloud, so that no environment variable or flag of Node can say otherwise. */
export const TRUST: { readonly rejectUnauthorized: true; readonly minVersion: SecureVersion } = {
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
};

/** Whose certificates are trusted. */
export interface Trust {
  /** Authorities in PEM, one after another, in place of those that Node brings along. */
  readonly ca?: string;
}
