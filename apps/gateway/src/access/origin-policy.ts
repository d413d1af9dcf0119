import type { IncomingMessage } from 'node:http';

/**
 * Whether a page of this origin may open the feed. Browsers let any page open a WebSocket anywhere, so the server has
 * to look: the listed origins and its own may. Programs other than browsers send no origin and may as well.
 */
export function isOriginAllowed(
  request: Pick<IncomingMessage, 'headers'>,
  allowed: readonly string[],
): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
