/** Schemes of a proxy and the port where its URL names none. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  // The same to us: names are always resolved by the proxy.
  'socks5h:': 1080,
};

/** What a proxy's URL may look like, for messages. */
export const PROXY_FORMS =
  'http://, https:// or socks5:// with host, and user:password@ where the proxy asks for it';

/** A proxy to dial through. */
export interface Proxy {
  readonly protocol: 'http' | 'https' | 'socks5';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** Host and port, the part that may be shown. */
  readonly shown: string;
}

/** Reads the URL of a proxy; undefined for a text that is none. The text may hold a password, so it is never quoted. */
export function parseProxy(url: string): Proxy | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(url);
  const defaultPort = DEFAULT_PORTS[protocol];
  if (defaultPort === undefined || hostname === '' || search !== '' || hash !== '') return undefined;
  if (pathname !== '' && pathname !== '/') return undefined;
  const user = decoded(username);
  const secret = decoded(password);
  if (user === undefined || secret === undefined) return undefined;
  return {
    protocol: protocol === 'http:' ? 'http' : protocol === 'https:' ? 'https' : 'socks5',
    hostname: withoutBrackets(hostname),
    port: port === '' ? defaultPort : Number(port),
    ...(user !== '' && { user }),
    ...(secret !== '' && { password: secret }),
    shown: port === '' ? `${hostname}:${defaultPort}` : `${hostname}:${port}`,
  };
}

/** The host of a proxy as it may be shown. */
export function shownProxy(url: string): string {
  return parseProxy(url)?.shown ?? 'a proxy without a readable URL';
}

/** `[::1]` as sockets and certificates name it. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
