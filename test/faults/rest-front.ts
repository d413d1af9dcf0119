import { createServer, request as ask, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server in front of an exchange's REST: it passes everything on, but for paths that are answered here. */
export interface RestFront {
  readonly url: string;
  /** Answers by path; may be changed at any time. */
  readonly answers: Map<string, (response: ServerResponse) => void>;
  close(): Promise<void>;
}

export async function startRestFront(to: string): Promise<RestFront> {
  const answers: RestFront['answers'] = new Map();
  const server = createServer((request, response) => {
    const { url = '/', method, headers } = request;
    const own = answers.get(new URL(url, to).pathname);
    if (own) {
      request.resume();
      return own(response);
    }
    const onward = ask(new URL(url, to), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
