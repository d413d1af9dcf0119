import { createHmac } from 'node:crypto';
import type { ControlFrame, Credentials } from '@exchange-stream/nestjs/contract';

/**
 * The message that lets a socket in as an account. Signed is the text that it shows, `AUTH` and the nonce.
 * @param key under which its answer is waited for
 */
export function loginFrame(
  { key: apiKey, secret }: Credentials,
  nonce: number | string,
  key: string,
): ControlFrame {
  const authPayload = `AUTH${nonce}`;
  const authSig = createHmac('sha384', secret).update(authPayload).digest('hex');
  const login = { event: 'auth', apiKey, authSig, authPayload, authNonce: String(nonce) };
  return { frame: JSON.stringify(login), replies: [{ key, topics: [] }] };
}
