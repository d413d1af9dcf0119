import type { MemoryTransport } from '@exchange-stream/simulator';
import type { Network } from './exchange-world.ts';

/** A network in which one host leads to another exchange. */
export function routed(network: Network, host: string, other: MemoryTransport): Network {
  const isOther = (url: string): boolean => new URL(url).hostname === host;
  return {
    sockets: {
      open: (url, options, handlers) => (isOther(url) ? other : network).sockets.open(url, options, handlers),
    },
    http: {
      request: (request) => (isOther(request.url) ? other : network).http.request(request),
    },
  };
}
