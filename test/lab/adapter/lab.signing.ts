import { createHmac } from 'node:crypto';
import type { Credentials, RestRequest, Signing } from '@exchange-stream/nestjs/contract';

/** HMAC-SHA-256 with the secret, in lower-case hex. */
export function signatureOf(text: string, { secret }: Credentials): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** A call that Lab takes from the owner of the key only: it signs method, path with query, nonce and body. */
export function signed(
  method: NonNullable<RestRequest['method']>,
  path: string,
  signing: Signing,
  body = '',
): RestRequest {
  const { credentials } = signing;
  const nonce = signing.nextNonce();
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
