import { isIP } from 'node:net';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * Whether a request names the gateway by a name that it may have. A page can reach a gateway on its visitor's machine by
 * having the page's own name point there (DNS rebinding), and then it is "the same origin"; but it cannot do without a
 * name. So a gateway that listens on this machine only takes addresses, `localhost`, and the hosts of listed origins.
 *
 * @param host the `Host` header; browsers always send one
 * @param listensOn the address that the gateway is bound to
 * @param origins the origins that may open the feed
 */
export function isHostAllowed(
  host: string | undefined,
  listensOn: string,
  origins: readonly string[],
): boolean {
  if (host === undefined || !LOOPBACK.test(listensOn)) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname;
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  return isAddress || name === 'localhost' || origins.some((origin) => new URL(origin).hostname === name);
}
