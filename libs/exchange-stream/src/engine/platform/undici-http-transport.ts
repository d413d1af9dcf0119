import type { LookupFunction } from 'node:net';
import { Agent, request as send } from 'undici';
import type { HttpRequest, HttpResponse, HttpTransport } from '../rest/http-transport.ts';

/** HTTP by `undici`, on a connection pool of its own. */
export class UndiciHttpTransport implements HttpTransport {
  private readonly agent: Agent;

  constructor(lookup: LookupFunction) {
    this.agent = new Agent({ connect: { lookup } });
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const answer = await send(request.url, {
      dispatcher: this.agent,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    return { status: answer.statusCode, headers, body: await readCapped(answer.body, request) };
  }

  /** Drops the pooled connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

async function readCapped(body: AsyncIterable<Buffer>, request: HttpRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > request.maxBodyBytes) {
      throw new Error(
        `The answer of ${new URL(request.url).pathname} is larger than ${request.maxBodyBytes} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
