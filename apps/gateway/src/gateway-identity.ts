import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who this process is. */
export class GatewayIdentity {
  /** `exchange-stream/0.1.0`. */
  readonly server = `exchange-stream/${readVersion()}`;
  /** Who numbers the feed: another process, another epoch. */
  readonly epoch = randomBytes(8).toString('hex');
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
