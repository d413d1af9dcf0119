import type { ChannelDeclaration, ExchangeAdapter, Poll } from '../../../src/contract/index.ts';
import { FakeWorld, type FakeSocket } from '../fake-exchange.ts';
import { valuedAdapter, type Rows } from './valued-exchange.ts';

/** Asks for the open interest of an instrument every ten seconds. */
export const INTEREST: Poll = {
  name: 'open interest',
  everyMs: 10_000,
  operation: {
    request: ({ nativeSymbol }) => ({ path: `/interest?symbol=${nativeSymbol}`, weight: 1 }),
    parse: (body) => {
      const openInterest: unknown = JSON.parse(body);
      if (typeof openInterest !== 'string') throw new Error('no open interest');
      return openInterest === '' ? undefined : { openInterest };
    },
    recognise: () => undefined,
  },
};

/** An exchange on which two topics of one endpoint and one of another tell what a derivative is valued at. */
export function fedAdapter(derivatives: Partial<ChannelDeclaration> = {}): ExchangeAdapter {
  const base = valuedAdapter();
  const { public: endpoint } = base.endpoints;
  return {
    ...base,
    endpoints: { public: endpoint!, business: { ...endpoint!, path: '/business' } },
    channels: {
      ...base.channels,
      derivatives: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => `mark.${nativeSymbol}`,
        further: [
          { endpoint: 'public', topic: (nativeSymbol) => `index.${nativeSymbol}` },
          { endpoint: 'business', topic: (nativeSymbol) => `funding.${nativeSymbol}` },
        ],
        ...derivatives,
      },
    },
    describeTopic: (topic) => {
      const [name = '', nativeSymbol = ''] = topic.split('.');
      return ['mark', 'index', 'funding'].includes(name)
        ? { channel: 'derivatives', nativeSymbol, params: {} }
        : undefined;
    },
    recording: {
      topicsInUrl: () => [],
      topicsInFrame: (frame) => (JSON.parse(frame) as { topics: string[] }).topics,
    },
  };
}

/** An engine on it; sockets are told apart by their path. */
export class FedWorld extends FakeWorld {
  /** What REST answers where it is asked for open interest; undefined: an error. */
  interest: string | undefined = '5';
  /** When it was asked, and of what. */
  readonly asked: { readonly at: number; readonly symbol: string | null }[] = [];

  constructor(adapter = fedAdapter()) {
    super(adapter);
    const { respond } = this;
    this.respond = (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== '/interest') return respond(request);
      this.asked.push({ at: this.clock.monotonic(), symbol: searchParams.get('symbol') });
      const { interest } = this;
      return Promise.resolve(
        interest === undefined
          ? { status: 400, headers: {}, body: 'no' }
          : { status: 200, headers: {}, body: JSON.stringify(interest) },
      );
    };
  }

  /** The newest socket of an endpoint. */
  at(path: 'stream' | 'business'): FakeSocket {
    const socket = this.sockets.filter(({ url }) => new URL(url).pathname === `/${path}`).at(-1);
    if (!socket) throw new Error(`No socket to ${path} was opened.`);
    return socket;
  }

  /** Accepts every socket that waits for it, and lets the engine ask for its topics. */
  async accept(): Promise<void> {
    await this.clock.advance(0);
    for (const socket of this.sockets) if (!socket.accepted && !socket.closed) socket.accept();
    await this.clock.advance(0);
  }

  /** Starts, with every topic confirmed. */
  async begin(): Promise<void> {
    this.stream.start();
    await this.accept();
    for (const socket of this.sockets) socket.ackAll();
  }

  push(path: 'stream' | 'business', rows: Rows): void {
    this.at(path).push(rows);
  }

  /** Lets time pass in which sockets show that they live. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
      await this.clock.advance(Math.min(leftMs, 1_000));
      for (const socket of this.sockets) if (!socket.closed) socket.handlers.onPong();
    }
  }

  async end(): Promise<void> {
    const closing = this.stream.close();
    await this.clock.advance(5_000);
    await closing;
    expect(this.clock.pending).toBe(0);
  }
}
