import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ExchangeAdapter, SignedOperation, Token, TokenQuery } from '@exchange-stream/nestjs/contract';
import { WebSocketServer, type WebSocket } from 'ws';
import { fakeAdapter } from '../../../../libs/exchange-stream/test/engine/fake-exchange.ts';
import { listen, type HostileServer } from '../../../../libs/exchange-stream/test/engine/hostile-server.ts';
import { privateAdapter } from '../../../../libs/exchange-stream/test/engine/private-exchange.ts';
import { CANARIES } from './canaries.ts';

/** A server that repeats whatever it is told in confidence, and all that it has heard. */
export interface IndiscreetExchange extends HostileServer {
  /** Every URL, header, body and frame that has come, one below the other. */
  heard(): string;
}

/** Dials as often as it likes: what goes wrong goes wrong at once. */
function unlimited(adapter: ExchangeAdapter): ExchangeAdapter {
  const endpoints = Object.entries(adapter.endpoints).map(([key, endpoint]) => {
    const limits = { ...endpoint.limits, connects: [{ documented: 1_000, safe: 1_000, windowMs: 60_000 }] };
    return [key, { ...endpoint, limits }];
  });
  return { ...adapter, endpoints: Object.fromEntries(endpoints) as ExchangeAdapter['endpoints'] };
}

/** Logs in like the private exchange; its public socket is no socket at all. */
export const refusing = (): ExchangeAdapter => unlimited(privateAdapter('refusing'));

/** Its sockets want a token, which is issued to whoever signs. */
export function withTokens(exchange: 'tokened' | 'barred'): ExchangeAdapter {
  const fake = fakeAdapter();
  const { public: endpoint } = fake.endpoints;
  if (!endpoint) throw new Error('The fake exchange has lost its endpoint.');
  const issue: SignedOperation<TokenQuery, Token> = {
    isSigned: true,
    request: (_query, { credentials }) => ({
      method: 'POST',
      path: `/${exchange}/token?apiKey=${credentials.key}`,
      weight: 1,
      headers: { signature: credentials.secret },
    }),
    parse: (body) => JSON.parse(body) as Token,
    recognise: () => undefined,
  };
  const token = {
    issue,
    url: (url: string, { value }: Token) => `${url}?t=${value}`,
    opens: 'dial',
  } as const;
  return unlimited({
    ...fake,
    exchange,
    endpoints: { public: { ...endpoint, path: '/tokened', token } },
  });
}

const PAGE = `<html>api_key=${CANARIES.page.key} or wss://canary:canary@elsewhere/?l=${CANARIES.page.link}`;

export async function startIndiscreetExchange(): Promise<IndiscreetExchange> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(JSON.stringify([request.url, request.headers]));
    answer(request, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const { authorization = '' } = request.headers;
    const basic = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
    heard.push(JSON.stringify([request.url, request.headers, basic]));
    if (/^\/(private|tokened)/.test(request.url ?? '')) {
      sockets.handleUpgrade(request, socket, head, (accepted) => serve(accepted, request, heard));
      return;
    }
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-length: ${PAGE.length}\r\nconnection: close\r\n\r\n${PAGE}`,
    );
  });
  return Object.assign(await listen(server), { heard: () => heard.join('\n') });
}

function answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
  if (url.startsWith('/barred')) {
    const { key, secret } = CANARIES.withoutToken;
    response.statusCode = 401;
    response.end(`there is no ${key} that signs with ${secret}`);
  } else if (url.startsWith('/tokened')) response.end(JSON.stringify(CANARIES.token));
  else response.end('["BTC/USDT","ETH/USDT"]');
}

/** What a client says. */
interface Said {
  readonly op: string;
  readonly key: string;
  readonly topics: readonly string[];
}

function serve(socket: WebSocket, { url = '' }: IncomingMessage, heard: string[]): void {
  const say = (message: unknown): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  // The first one with a token is told that it is none, by a close that quotes it.
  const { value } = CANARIES.token;
  if (url.startsWith('/tokened') && countOf(heard, value) === 1)
    return void setImmediate(() => socket.close(4_001, `${value} holds no more`));
  if (url.startsWith('/tokened')) {
    say(`nobody reads ${value}`);
    // The second one is told so by a message, when it has long been open.
    if (countOf(heard, value) === 2) setTimeout(() => say({ expired: `${value} has expired` }), 1_000);
  }
  socket.on('message', (data: Buffer) => {
    heard.push(data.toString());
    const { op, key, topics = [] } = JSON.parse(data.toString()) as Said;
    say(`garbage {"token":"${CANARIES.frame.received}"}`);
    if (op === 'login') return logIn(say, key, topics);
    if (op === 'unanswered') return;
    const { accepted } = CANARIES;
    const words = `not with ${accepted.secret} of ${accepted.key}`;
    if (op === 'refused' || topics.includes('ticker.ETHUSDT'))
      return say({ denied: key, code: accepted.key, message: words });
    // Whatever it can say in words of its own, it says in such.
    if (op === 'pause') for (const kind of ['pause', 'resume']) say({ [kind]: words });
    if (op === 'closing') say({ closing: words });
    say({ ack: key });
    say({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
    say({ topic: 'ticker.BTCUSDT', id: '1', price: '1' });
  });
}

/** How many sockets have come with a token. */
function countOf(heard: readonly string[], token: string): number {
  return heard.filter((line) => line.includes(`/tokened?t=${token}`)).length;
}

function logIn(say: (message: unknown) => void, id: string, [key, secret]: readonly string[]): void {
  if (key === CANARIES.accepted.key) {
    say({ ack: id });
    // In words of its own, which no pattern knows.
    return say(`welcome ${key}, who signs with ${secret} and says ${CANARIES.accepted.passphrase}`);
  }
  say({ denied: id, code: `401-${secret}`, message: `no ${key} with ${CANARIES.refused.passphrase}` });
}
