import {
  VirtualClock,
  type BookLevel,
  type Channel,
  type Instrument,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type {
  ChannelDeclaration,
  ExchangeAdapter,
  RateLimit,
  Session,
  SessionContext,
  Sink,
  Stream,
} from '@exchange-stream/nestjs/contract';
import type { HttpResponse, Platform, Socket, SocketHandlers } from '@exchange-stream/nestjs/engine';

const WIDE: RateLimit = { documented: 1_000, safe: 1_000, windowMs: 1_000 };
const MANY = { documented: 1_000, safe: 1_000 };

/** Rows as the toy sends them. */
export type ToyRow =
  | { readonly trade: string }
  | { readonly last: string }
  | { readonly mark: string }
  | { readonly liquidated: string }
  | { readonly delta: string }
  | { readonly notice: string }
  | { readonly bid: string; readonly ask: string }
  | { readonly close: string; readonly openTime: number }
  | { readonly snapshot: number; readonly bids: readonly BookLevel[] }
  | { readonly update: number; readonly bids: readonly BookLevel[] };

/** An exchange made of objects: a socket takes JSON orders for topics, and rows are sent when a test says so. */
export class ToyExchange {
  readonly adapter: ExchangeAdapter;
  readonly platform: Partial<Platform>;
  readonly sockets: ToySocket[] = [];
  /** How many requests of each kind came for a topic. */
  readonly asked: string[] = [];
  /** While false, no socket opens and no request is answered. */
  reachable = true;
  /** While true, a close is never answered. */
  ignoresClose = false;

  constructor(
    readonly exchange = 'toy',
    readonly clock = new VirtualClock(),
  ) {
    this.adapter = toyAdapter(exchange);
    this.platform = {
      clock,
      random: { next: () => 0.5 },
      http: { request: () => this.instruments() },
      sockets: {
        open: (url, _options, handlers) => {
          const socket = new ToySocket(this, url, handlers);
          this.sockets.push(socket);
          return socket;
        },
      },
    };
  }

  /** Topics on the wire now, over all sockets. */
  get topics(): string[] {
    return this.sockets.flatMap((socket) => [...socket.topics]).sort();
  }

  /** Sends a row on a topic to every socket that has it. */
  send(topic: string, row: ToyRow): void {
    for (const socket of this.sockets) if (socket.topics.has(topic)) socket.receive({ topic, ...row });
  }

  /** Lets the engine do what is due. */
  settle(): Promise<void> {
    return this.clock.advance(100);
  }

  /** Drops every connection. */
  drop(): void {
    for (const socket of this.sockets) socket.drop(1006);
  }

  private instruments(): Promise<HttpResponse> {
    if (!this.reachable) return new Promise(() => undefined);
    const body = JSON.stringify(['BTC', 'ETH', 'SOL'].map((base) => instrument(this.exchange, base)));
    return Promise.resolve({ status: 200, headers: {}, body });
  }
}

/** The engine's end of a connection to the toy. */
export class ToySocket implements Socket {
  readonly topics = new Set<string>();
  readonly bufferedBytes = 0;
  private ended = false;

  constructor(
    private readonly toy: ToyExchange,
    readonly url: string,
    private readonly handlers: SocketHandlers,
  ) {
    toy.clock.after(1, () => {
      if (toy.reachable && !this.ended) handlers.onOpen();
    });
  }

  send(data: string): void {
    const { id, subscribe, unsubscribe } = JSON.parse(data) as Record<string, string[]>;
    for (const topic of subscribe ?? []) this.topics.add(topic);
    for (const topic of unsubscribe ?? []) this.topics.delete(topic);
    for (const topic of subscribe ?? []) this.toy.asked.push(`+${topic}`);
    for (const topic of unsubscribe ?? []) this.toy.asked.push(`-${topic}`);
    this.toy.clock.after(1, () => this.receive({ id }));
  }

  receive(message: object): void {
    if (!this.ended) this.handlers.onFrame(Buffer.from(JSON.stringify(message)), false);
  }

  ping(): void {
    this.toy.clock.after(1, () => this.handlers.onPong());
  }

  pong(): void {
    // Nobody here asks for one.
  }

  close(code = 1000): void {
    if (!this.toy.ignoresClose) this.toy.clock.after(1, () => this.drop(code));
  }

  terminate(): void {
    this.drop(1006);
  }

  drop(code: number): void {
    if (this.ended) return;
    this.ended = true;
    this.topics.clear();
    this.handlers.onClose(code, '');
  }
}

function toyAdapter(exchange: string): ExchangeAdapter {
  const channel = (name: Channel, params: ChannelDeclaration['params'] = {}): ChannelDeclaration => ({
    endpoint: 'public',
    params,
    topic: (nativeSymbol: string, given: SubscriptionParams) =>
      [nativeSymbol, name, ...Object.values(given).map(String)].join('@'),
  });
  return {
    exchange,
    name: 'Toy',
    endpoints: {
      public: {
        kind: 'public',
        baseUrls: { live: ['wss://toy.test'], testnet: ['wss://testnet.toy.test'] },
        path: '/ws',
        limits: { topicsPerConnection: MANY, topicsPerMessage: MANY, messages: WIDE, connects: [WIDE] },
        heartbeat: { sender: 'client', intervalMs: 10_000, deadlineMs: 20_000 },
        ackDeadlineMs: 5_000,
      },
    },
    channels: {
      trades: channel('trades'),
      ticker: channel('ticker'),
      quotes: channel('quotes'),
      derivatives: channel('derivatives'),
      liquidations: channel('liquidations'),
      options: channel('options'),
      status: channel('status'),
      candles: channel('candles', {
        interval: { description: 'length', values: ['1m', '1h'], required: true },
      }),
      book: {
        ...channel('book'),
        book: () => ({
          kind: 'linked',
          seed: 'stream',
          follows: (sequence, { last }) => (last === sequence + 1 ? 'follows' : 'gap'),
        }),
      },
    },
    raw: { endpoint: () => 'public' },
    rest: {
      baseUrls: { live: ['https://toy.test'], testnet: ['https://testnet.toy.test'] },
      requests: WIDE,
      instruments: {
        request: () => ({ path: '/instruments', weight: 1 }),
        parse: (body) => JSON.parse(body) as Instrument[],
        recognise: () => undefined,
      },
    },
    createSession: <S extends Stream>({ nextId }: SessionContext) => toySession<S>(nextId),
    describeTopic: () => undefined,
    recording: { topicsInUrl: () => [], topicsInFrame: () => [] },
  };
}

function toySession<S extends Stream>(nextId: SessionContext['nextId']): Session<S> {
  const order = (what: string, topics: readonly string[]): ReturnType<Session<S>['subscribe']> => {
    const id = String(nextId());
    return [{ frame: JSON.stringify({ id, [what]: topics }), replies: [{ key: id, topics }] }];
  };
  return {
    subscribe: (topics) => order('subscribe', topics),
    unsubscribe: (topics) => order('unsubscribe', topics),
    onFrame: (frame, _binary, receivedAt, sink) => {
      const message = JSON.parse(frame.toString()) as { id?: string; topic?: string } & ToyRow;
      if (message.id !== undefined) sink.reply(message.id);
      const stream = message.topic === undefined ? undefined : sink.stream(message.topic);
      if (stream) read(stream, message, receivedAt, sink);
    },
  };
}

function read<S extends Stream>(stream: S, row: ToyRow, at: number, sink: Sink<S>): void {
  if ('trade' in row) sink.trade(stream, at, row.trade, '100', '1', 'buy');
  else if ('last' in row) sink.ticker(stream, at, { last: row.last });
  else if ('mark' in row) sink.derivatives(stream, at, { markPrice: row.mark });
  else if ('delta' in row) sink.option(stream, at, { delta: row.delta });
  else if ('notice' in row) sink.platformStatus(stream, at, { id: '1', state: 'ongoing', text: row.notice });
  else if ('liquidated' in row)
    sink.liquidation(stream, at, { side: 'sell', price: row.liquidated, priceKind: 'order', amount: '1' });
  else if ('bid' in row) sink.quote(stream, at, undefined, row.bid, '1', row.ask, '1');
  else if ('snapshot' in row) sink.bookSnapshot(stream, at, { last: row.snapshot }, row.bids, []);
  else if ('update' in row) sink.bookUpdate(stream, at, { last: row.update }, row.bids, []);
  else {
    const { close, openTime } = row;
    const prices = { open: close, high: close, low: close, close };
    const times = { interval: '1m', openTime, closeTime: openTime + 60_000 };
    sink.candle(stream, at, { ...times, ...prices, baseVolume: '1', closed: false });
  }
}

function instrument(exchange: string, base: string): Instrument {
  return {
    exchange,
    kind: 'spot',
    symbol: `${base}/USDT`,
    nativeSymbol: `${base}USDT`,
    base,
    quote: 'USDT',
    status: 'trading',
  };
}
