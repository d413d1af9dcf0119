import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request as send } from 'undici';
import { HandshakeError } from '../connection/handshake-error.ts';
import {
  OversizeBodyError,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from '../rest/http-transport.ts';
import { parseProxy } from '../route/proxy-url.ts';
import { tunnel } from './proxy-tunnel.ts';
import { TRUST, type Trust } from './trust.ts';

/** From dialling to a connection, the proxy's part included. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * How long an unused connection is kept, whatever the server proposes. A kept connection keeps an address, and one that
 * has moved may die without a sign.
 */
const KEEP_ALIVE_MS = 4_000;

/** Pools that are kept: the direct one, and those of the proxies used lately. */
const MAX_POOLS = 8;

/** HTTP by `undici`, on connection pools of its own, one for each proxy. */
export class UndiciHttpTransport implements HttpTransport {
  /** By the URL of the proxy, `''` for none; the one used last stands last. */
  private readonly pools = new Map<string, Agent>();

  constructor(
    private readonly lookup: LookupFunction,
    private readonly trust: Trust = {},
  ) {}

  async request(request: HttpRequest): Promise<HttpResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const answer = await send(request.url, {
      dispatcher: this.pool(request.proxy ?? ''),
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    const { statusCode: status } = answer;
    const oversize = (): Error => new OversizeBodyError(request.maxBodyBytes, status, headers);
    if (Number(headers['content-length']) > request.maxBodyBytes) {
      // What is given up says so, and nobody else listens.
      answer.body.once('error', () => undefined).destroy();
      throw oversize();
    }
    return { status, headers, body: await readCapped(answer.body, request.maxBodyBytes, oversize) };
  }

  /** Drops the pooled connections. */
  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private pool(proxy: string): Agent {
    const pool = this.pools.get(proxy) ?? this.createPool(proxy);
    this.pools.delete(proxy);
    this.pools.set(proxy, pool);
    for (const [oldest, unused] of this.pools) {
      if (this.pools.size <= MAX_POOLS) break;
      this.pools.delete(oldest);
      // Lets the requests under way end.
      void unused.close();
    }
    return pool;
  }

  private createPool(proxyUrl: string): Agent {
    const direct = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      lookup: this.lookup,
      ...TRUST,
      ...this.trust,
    });
    return new Agent({
      connect: proxyUrl === '' ? direct : this.throughProxy(proxyUrl, direct),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  private throughProxy(proxyUrl: string, direct: buildConnector.connector): buildConnector.connector {
    const proxy = parseProxy(proxyUrl);
    return (options, done) => {
      if (!proxy) return done(new HandshakeError('protocol', 'the URL of the proxy cannot be read'), null);
      const { hostname, protocol } = options;
      const isSecure = protocol === 'https:';
      const port = options.port === '' ? (isSecure ? 443 : 80) : Number(options.port);
      const { lookup, trust } = this;
      tunnel(proxy, { hostname, port }, { lookup, trust, timeoutMs: CONNECT_TIMEOUT_MS }).then(
        (socket) => (isSecure ? direct({ ...options, httpSocket: socket }, done) : done(null, socket)),
        (error: HandshakeError) => done(error, null),
      );
    };
  }
}

async function readCapped(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
  oversize: () => Error,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw oversize();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
