import type {
  ExchangeAdapter,
  RateLimit,
  RestOperation,
  SignedOperation,
  Token,
  TokenDeclaration,
  TokenQuery,
} from '../../src/contract/index.ts';
import type { CredentialsSource, HttpRequest } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter } from './fake-exchange.ts';

export const CREDENTIALS = { key: 'canary-key-1', secret: 'canary-secret-1' };
export const TRADES = { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT' } as const;

export const tokenOperation = (method: 'POST' | 'PUT'): SignedOperation<TokenQuery, Token> => ({
  isSigned: true,
  request: ({ token }, { credentials, nextNonce, nowMs }) => ({
    method,
    path: `/token?signature=${credentials.secret}${token ? `&token=${token.value}` : ''}`,
    weight: 1,
    headers: { key: credentials.key, nonce: String(nextNonce()), time: String(nowMs) },
  }),
  parse: (body) => JSON.parse(body) as Token,
  recognise: () => undefined,
});

export const forAnybody: RestOperation<TokenQuery, Token> = {
  request: () => ({ method: 'POST', path: '/token', weight: 1 }),
  parse: (body) => JSON.parse(body) as Token,
  recognise: () => undefined,
};

const serverTime: RestOperation<void, number> = {
  request: () => ({ path: '/time', weight: 1 }),
  parse: (body) => Number(body),
  recognise: () => undefined,
};

function withTokens({ topicsPerConnection, connects, ...more }: TokenWorldOptions): ExchangeAdapter {
  const adapter = fakeAdapter(topicsPerConnection === undefined ? {} : { topicsPerConnection });
  const endpoint = adapter.endpoints['public'];
  if (!endpoint) throw new Error('The fake exchange has lost its endpoint.');
  const token: TokenDeclaration = {
    issue: tokenOperation('POST'),
    url: (url, { value }) => `${url}?token=${value}`,
    opens: 'connection',
    ...more,
  };
  const rest = { ...adapter.rest, serverTime };
  const limits = connects ? { ...endpoint.limits, connects: [connects] } : endpoint.limits;
  return { ...adapter, rest, endpoints: { ...adapter.endpoints, public: { ...endpoint, limits, token } } };
}

export interface TokenWorldOptions extends Partial<TokenDeclaration> {
  readonly topicsPerConnection?: number;
  readonly connects?: RateLimit;
}

/** A fake exchange that gives out tokens, `canary-token-1` first, and notes who asks. */
export class TokenWorld extends FakeWorld {
  readonly asked: HttpRequest[] = [];
  readonly told: string[] = [];
  status = 200;
  lifetimeMs: number | undefined = 60_000;
  /** How long an answer takes; undefined: none ever comes. */
  delayMs: number | undefined = 0;
  private issued = 0;

  constructor(more: TokenWorldOptions = {}, credentials: CredentialsSource = CREDENTIALS) {
    super(withTokens(more), { settings: { fake: { credentials } } });
    const instruments = this.respond;
    this.respond = (request) => {
      if (request.url.endsWith('/time'))
        return Promise.resolve({ status: 200, headers: {}, body: String(this.clock.now() - 7_000) });
      if (!request.url.includes('/token')) return instruments(request);
      this.asked.push(request);
      const { lifetimeMs, status } = this;
      const value = `canary-token-${request.method === 'PUT' ? this.issued : ++this.issued}`;
      const body = status === 200 ? { value, lifetimeMs } : { message: `no, ${CREDENTIALS.key}` };
      const answer = { status, headers: {}, body: JSON.stringify(body) };
      const { delayMs } = this;
      if (delayMs === 0) return Promise.resolve(answer);
      return new Promise((resolve) => {
        if (delayMs !== undefined) this.clock.after(delayMs, () => resolve(answer));
      });
    };
    this.stream.subscribe(TRADES).on((event) => {
      if (event.type === 'status') this.told.push(event.state);
    });
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) await this.clock.advance(0);
  }

  async opened(): Promise<void> {
    this.stream.start();
    await this.settle();
    await this.serve();
  }

  async serve(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      for (const socket of this.sockets) {
        if (socket.closed) continue;
        if (!socket.accepted) socket.accept();
        await this.settle();
        socket.ackAll();
      }
    }
  }

  /** Time passes, with signs of life and trades. */
  async alive(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1_000);
      await this.serve();
      for (const socket of this.sockets.filter(({ closed }) => !closed)) {
        socket.handlers.onPong();
        socket.push({ topic: 'trades.BTCUSDT', id: String(this.clock.now()), price: '1' });
      }
    }
  }

  urls(): string[] {
    return this.sockets.map(({ url }) => new URL(url).search);
  }

  /** Everything that a user can see, as text. */
  shown(): string {
    const errors = this.lifecycle.flatMap((event) =>
      'error' in event ? [event.error.message, event.error.stack] : [],
    );
    return JSON.stringify([
      ...[this.lifecycle, errors, this.stream.connections(), this.stream.subscriptions()],
      ...[this.stream.accounts(), this.stream.manager('fake').endpoints()],
    ]);
  }
}
