import { createHmac } from 'node:crypto';
import type { Credentials, RestRequest } from '@exchange-stream/nestjs/contract';

/** What a signed call is made with. */
export interface Signer {
  readonly credentials?: Credentials;
  /** The next nonce of the key. */
  nextNonce(): number;
}

/** HMAC-SHA-256 with the secret, in lower-case hex. */
export function signatureOf(text: string, { secret }: Credentials): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * A call that Lab takes from the owner of the key only: it signs method, path with query, nonce and body.
 * @throws Error without credentials
 */
export function signed(
  method: NonNullable<RestRequest['method']>,
  path: string,
  signer: Signer,
  body = '',
): RestRequest {
  const { credentials } = signer;
  if (!credentials) throw new Error(`lab: ${method} ${path} has to be signed, and there are no credentials.`);
  const nonce = signer.nextNonce();
  return {
    method,
    path,
    weight: 1,
    headers: {
      'lab-key': credentials.key,
      'lab-nonce': String(nonce),
      'lab-signature': signatureOf([method, path, nonce, body].join('\n'), credentials),
    },
    ...(body === '' ? {} : { body }),
  };
}
