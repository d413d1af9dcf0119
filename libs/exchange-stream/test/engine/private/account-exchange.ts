import type {
  AccountRow,
  ExchangeAdapter,
  FillRow,
  FillsQuery,
  OrderRow,
  Session,
  SessionContext,
  SignedOperation,
  Stream,
} from '../../../src/contract/index.ts';
import type { HttpResponse } from '../../../src/engine/index.ts';
import { FakeWorld, type FakeSocket } from '../fake-exchange.ts';
import { CREDENTIALS, privateAdapter } from '../private-exchange.ts';

/** What the made-up exchange leaves to REST. */
export interface AccountOptions {
  /** Orders begin with a snapshot from there. */
  readonly ordersBy?: 'stream' | 'rest';
  /** Missed fills cannot be asked for. */
  readonly withoutFills?: boolean;
  readonly hasConsecutiveIds?: boolean;
}

/** The made-up exchange with a private socket, which tells what accounts have: `{topic, snapshot?, rows}`. */
export function accountAdapter({
  ordersBy = 'stream',
  withoutFills = false,
  hasConsecutiveIds = true,
}: AccountOptions = {}): ExchangeAdapter {
  const adapter = privateAdapter();
  return {
    ...adapter,
    privateChannels: {
      orders: { endpoint: 'private', topic: 'orders', snapshot: ordersBy },
      fills: { endpoint: 'private', topic: 'fills', hasConsecutiveIds },
      balances: { endpoint: 'private', topic: 'balances', snapshot: 'stream' },
    },
    rest: {
      ...adapter.rest,
      account: {
        orders: signed<void, OrderRow[]>(() => '/orders'),
        ...(!withoutFills && {
          fills: signed<FillsQuery, FillRow[]>(
            ({ after, limit }) => `/fills?after=${after?.id ?? ''}&limit=${limit}`,
          ),
        }),
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = adapter.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const message = JSON.parse(frame.toString('utf8')) as Partial<AccountFrame>;
          if (!message.rows) return session.onFrame(frame, binary, receivedAt, sink);
          const stream = sink.stream(message.topic ?? '');
          if (stream) sink.account(stream, message.rows, message.snapshot ?? false);
        },
      };
    },
  };
}

interface AccountFrame {
  readonly topic: string;
  readonly snapshot?: boolean;
  readonly rows: readonly AccountRow[];
}

function signed<Query, Result>(path: (query: Query) => string): SignedOperation<Query, Result> {
  return {
    isSigned: true,
    request: (query) => ({ path: path(query), weight: 1 }),
    parse: (body) => JSON.parse(body) as Result,
    recognise: () => undefined,
  };
}

export const order = (id: string, more: Partial<OrderRow> = {}): OrderRow => ({
  ...{ type: 'order', nativeSymbol: 'BTCUSDT', side: 'buy', price: '100.0', amount: '2', filled: '0' },
  ...{ status: 'open', id, version: 1 },
  ...more,
});

export const fill = (id: number): FillRow => ({
  ...{ type: 'fill', nativeSymbol: 'BTCUSDT', side: 'buy', price: '100.0', amount: '1' },
  ...{ id: String(id), orderId: 'o1' },
});

/** An engine that is logged in at the made-up exchange, and what REST answers it. */
export class AccountWorld extends FakeWorld {
  /** What REST was asked for, instruments left out. */
  readonly asked: string[] = [];
  orders: OrderRow[] = [];
  fills: FillRow[] = [];
  /** Calls to come that fail. */
  failures = 0;

  constructor(options: AccountOptions = {}) {
    super(accountAdapter(options), {
      settings: { fake: { credentials: CREDENTIALS, accounts: { main: { key: 'k', secret: 's' } } } },
    });
    this.respond = ({ url }) => Promise.resolve(this.answer(new URL(url)));
  }

  /** Lets the newest socket in and confirms everything that is asked on it. */
  async serve(): Promise<FakeSocket> {
    await this.settle();
    const { socket } = this;
    if (!socket.accepted) socket.accept();
    for (let round = 0; round < 4; round++) {
      await this.settle();
      socket.ackAll();
      if (this.stream.subscriptions().every(({ state }) => state === 'subscribed')) break;
      // Messages are paced.
      await this.clock.advance(500);
    }
    await this.settle();
    return socket;
  }

  /** The connection breaks, and another one comes in its place. */
  async reconnect(): Promise<FakeSocket> {
    const before = this.sockets.length;
    this.socket.end(1006);
    while (this.sockets.length === before) await this.clock.advance(500);
    return this.serve();
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 10; round++) await this.clock.advance(0);
  }

  private answer({ pathname, searchParams }: URL): HttpResponse {
    if (pathname === '/instruments') return ok(this.symbols);
    this.asked.push(pathname + (pathname === '/fills' ? ` after ${searchParams.get('after')}` : ''));
    if (this.failures > 0) {
      this.failures--;
      return { status: 500, headers: {}, body: '' };
    }
    if (pathname === '/orders') return ok(this.orders);
    const [after, limit] = [searchParams.get('after') ?? '', Number(searchParams.get('limit'))];
    const later = this.fills.filter(({ id }) => Number(id) > Number(after));
    return ok(after === '' ? later.slice(-limit) : later.slice(0, limit));
  }
}

const ok = (body: unknown): HttpResponse => ({ status: 200, headers: {}, body: JSON.stringify(body) });
