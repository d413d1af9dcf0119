import type { Channel } from '@exchange-stream/market-data';
import type { Cadence, ExchangeAdapter, Session, SessionContext, Stream } from '../../src/contract/index.ts';
import type { SubscriptionView } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, type FakeSocket } from './fake-exchange.ts';

const STEP_MS = 250;
const ROW_EVERY_MS = 1_000;

/**
 * The made-up exchange with promises: a ticker every second, quotes where trades flow, a candle at once after the ack, and
 * trades whenever there are any.
 */
export function pacedAdapter(
  topicsPerConnection = 100,
  quotes: Cadence = { everyMs: ROW_EVERY_MS, provenBy: ['trades'] },
): ExchangeAdapter {
  const fake = fakeAdapter({ topicsPerConnection });
  return {
    ...fake,
    channels: {
      ...fake.channels,
      ticker: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => `ticker.${nativeSymbol}`,
        cadence: () => ({ everyMs: ROW_EVERY_MS }),
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => `quotes.${nativeSymbol}`,
        cadence: () => quotes,
      },
      candles: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => `candles.${nativeSymbol}`,
        firstDataWithinMs: () => 5_000,
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      return {
        subscribe: (topics) => session.subscribe(topics),
        unsubscribe: (topics) => session.unsubscribe(topics),
        onFrame: (frame, binary, receivedAt, sink) => {
          const { topic = '' } = JSON.parse(frame.toString('utf8')) as { topic?: string };
          const stream = sink.stream(topic);
          if (!stream || topic.startsWith('trades.')) session.onFrame(frame, binary, receivedAt, sink);
          else if (topic.startsWith('ticker.')) {
            sink.ticker(stream, undefined, { last: '5' });
          } else if (topic.startsWith('quotes.')) {
            sink.quote(stream, undefined, undefined, '4', '1', '6', '1');
          } else {
            const openTime = 0;
            sink.candle(stream, undefined, {
              interval: '1m',
              openTime,
              closeTime: openTime + 59_999,
              open: '5',
              high: '5',
              low: '5',
              close: '5',
              baseVolume: '1',
              closed: false,
            });
          }
        },
      };
    },
  };
}

/** An engine between that exchange, which serves every socket by itself, and a virtual clock. */
export class PacedWorld extends FakeWorld {
  /** What the exchange was asked on each socket, as `sub ticker.BTCUSDT`. */
  readonly asked: { socket: number; at: number; request: string }[] = [];
  /** Topics that no row comes for, on the socket of this number. */
  isSilent: (topic: string, socket: number) => boolean = () => false;
  private readonly subscribed = new Map<FakeSocket, Set<string>>();
  private sinceRowsMs = 0;

  constructor(
    channels: readonly Channel[],
    symbols = ['BTC/USDT'],
    topicsPerConnection?: number,
    quotes?: Cadence,
  ) {
    // What is proved here is the watch on topics: the one on whole connections stays out of it.
    super(pacedAdapter(topicsPerConnection, quotes), { tuning: { trafficTimeoutMs: 3_600_000 * 24 } });
    this.symbols = symbols;
    for (const symbol of symbols)
      for (const channel of channels) this.stream.subscribe({ exchange: 'fake', channel, symbol });
    this.stream.start();
  }

  /** Lets time pass at an exchange that answers. */
  async run(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
      await this.clock.advance(STEP_MS);
      this.sinceRowsMs += STEP_MS;
      const rowsAreDue = this.sinceRowsMs >= ROW_EVERY_MS;
      if (rowsAreDue) this.sinceRowsMs = 0;
      for (const [number, socket] of this.sockets.entries()) this.serve(socket, number, rowsAreDue);
    }
  }

  /** Lets time pass in which the process gets nothing done. */
  block(durationMs: number): void {
    const { clock } = this;
    const [now, monotonic] = [clock.now.bind(clock), clock.monotonic.bind(clock)];
    clock.now = () => now() + durationMs;
    clock.monotonic = () => monotonic() + durationMs;
  }

  view(channel: Channel, symbol = 'BTC/USDT'): SubscriptionView {
    const found = this.stream
      .subscriptions()
      .find((subscription) => subscription.channel === channel && subscription.symbol === symbol);
    if (!found) throw new Error(`No ${channel} of ${symbol}.`);
    return found;
  }

  /** What was asked since the last call. */
  takeAsked(): string[] {
    return this.asked.splice(0).map(({ socket, request }) => `${socket}: ${request}`);
  }

  private serve(socket: FakeSocket, number: number, rowsAreDue: boolean): void {
    if (socket.closed) return;
    let topics = this.subscribed.get(socket);
    if (!topics) {
      this.subscribed.set(socket, (topics = new Set()));
      socket.accept();
    }
    socket.handlers.onPong();
    for (const { op, key, topics: named, at } of socket.sent.splice(0)) {
      for (const topic of named) {
        this.asked.push({ socket: number, at, request: `${op} ${topic}` });
        if (op === 'sub') topics.add(topic);
        else topics.delete(topic);
      }
      socket.push({ ack: key });
    }
    if (!rowsAreDue) return;
    for (const topic of topics)
      if (!this.isSilent(topic, number)) socket.push({ topic, id: '1', price: '5' });
  }
}
