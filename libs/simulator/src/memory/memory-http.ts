import type { Timer } from '@exchange-stream/market-data';
import type { RestResponse, SimulatedExchange } from '../simulated-exchange.ts';
import { MemoryOversizeError } from './memory-oversize-error.ts';
import { MEMORY_ADDRESS, type NetworkConditions } from './network-conditions.ts';
import type { MemoryHttpRequest, MemoryHttpResponse, MemoryHttpTransport } from './transport-ports.ts';

/** Requests that reach a simulated exchange without a network. */
export class MemoryHttp implements MemoryHttpTransport {
  constructor(
    private readonly exchange: SimulatedExchange,
    private readonly conditions: NetworkConditions,
  ) {}

  request(request: MemoryHttpRequest): Promise<MemoryHttpResponse> {
    const { clock } = this.conditions;
    return new Promise((resolve, reject) => {
      const timers: Timer[] = [];
      const settle = (conclude: () => void): void => {
        for (const timer of timers) timer.cancel();
        request.signal?.removeEventListener('abort', onAbort);
        conclude();
      };
      const onAbort = (): void => settle(() => reject(new Error('The request was aborted.')));
      if (request.signal?.aborted === true) return onAbort();
      request.signal?.addEventListener('abort', onAbort);
      const onTimeout = (): void =>
        settle(() => reject(new Error(`No answer from ${request.url} within ${request.timeoutMs} ms.`)));
      const onAnswer = ({ status, headers, body, paddingBytes = 0 }: RestResponse): void =>
        settle(() => {
          if (Buffer.byteLength(body) + paddingBytes <= request.maxBodyBytes)
            resolve({ status, headers: { ...headers }, body: body + ' '.repeat(paddingBytes) });
          else reject(new MemoryOversizeError(request.url, request.maxBodyBytes, status, headers));
        });
      const onArrival = (): void => {
        const { frozen, hanging, resolving } = this.conditions;
        const { host, hostname } = new URL(request.url);
        if (!resolving) return settle(() => reject(new Error(`getaddrinfo ENOTFOUND ${hostname}`)));
        if (frozen || hanging) return;
        if (this.conditions.refusing) {
          return settle(() => reject(new Error(`connect ECONNREFUSED ${host}`)));
        }
        const answer = this.respond(request);
        const { delayMs = 0 } = answer;
        timers.push(clock.after(this.conditions.delayMs() + delayMs, () => onAnswer(answer)));
      };
      timers.push(
        clock.after(request.timeoutMs, onTimeout),
        clock.after(this.conditions.delayMs(), onArrival),
      );
    });
  }

  private respond(request: MemoryHttpRequest): RestResponse {
    const { intercepted } = this.conditions;
    if (intercepted !== undefined) return { headers: {}, body: '', ...intercepted };
    const url = new URL(request.url);
    const headers = Object.entries(request.headers ?? {});
    return this.exchange.request({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      target: `${url.pathname}${url.search}`,
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      body: request.body ?? '',
      address: MEMORY_ADDRESS,
    });
  }
}
