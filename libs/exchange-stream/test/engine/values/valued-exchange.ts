import type { MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeAdapter, Session, SessionContext, Sink, Stream } from '../../../src/contract/index.ts';
import type { SubscriptionHandle } from '../../../src/engine/index.ts';
import { FakeWorld, fakeAdapter } from '../fake-exchange.ts';

/** The rows of one frame, by what they are of. */
export interface Rows {
  readonly topic: string;
  readonly at?: number;
  readonly ticker?: Parameters<Sink['ticker']>[2];
  readonly tickerUpdate?: Parameters<Sink['tickerUpdate']>[2];
  readonly derivatives?: Parameters<Sink['derivatives']>[2];
  readonly option?: Parameters<Sink['option']>[2];
  readonly liquidation?: Parameters<Sink['liquidation']>[2];
  readonly notice?: Parameters<Sink['platformStatus']>[2];
}

/** A made-up exchange whose topic `values.…` carries ticker, derivatives and options, each row only what has changed. */
export function valuedAdapter(): ExchangeAdapter {
  const base = fakeAdapter();
  const values = {
    endpoint: 'public',
    params: {},
    topic: (nativeSymbol: string): string => `values.${nativeSymbol}`,
  };
  return {
    ...base,
    channels: {
      ...base.channels,
      ticker: values,
      derivatives: values,
      options: values,
      liquidations: {
        ...values,
        topic: (nativeSymbol) => `liquidations.${nativeSymbol}`,
        sampled: 'the last of each symbol within a second',
      },
      status: { ...values, topic: (nativeSymbol) => `status${nativeSymbol}` },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = base.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const rows = JSON.parse(frame.toString('utf8')) as Rows;
          const stream = rows.topic === undefined ? undefined : sink.stream(rows.topic);
          if (!stream) return session.onFrame(frame, binary, receivedAt, sink);
          if (rows.ticker) sink.ticker(stream, rows.at, rows.ticker);
          if (rows.tickerUpdate) sink.tickerUpdate(stream, rows.at, rows.tickerUpdate);
          if (rows.derivatives) sink.derivatives(stream, rows.at, rows.derivatives);
          if (rows.option) sink.option(stream, rows.at, rows.option);
          if (rows.liquidation) sink.liquidation(stream, rows.at, rows.liquidation);
          if (rows.notice) sink.platformStatus(stream, rows.at, rows.notice);
        },
      };
    },
  };
}

/** What is told of one subscription: states by name, data without its origin. */
export function follow(handle: SubscriptionHandle): unknown[] {
  const told: unknown[] = [];
  handle.on((event) => void told.push(event.type === 'status' ? event.state : bare(event)));
  return told;
}

export function bare(event: MarketEvent): unknown {
  const { exchange: _e, symbol: _s, nativeSymbol: _n, receivedAt: _r, sequence: _q, ...others } = event;
  return others;
}

export class ValuedWorld extends FakeWorld {
  constructor() {
    super(valuedAdapter());
  }

  push(rows: Rows): void {
    this.socket.push(rows);
  }

  hold(channel: SubscriptionRequest['channel'], symbol = 'BTC/USDT'): SubscriptionHandle {
    return this.stream.subscribe({ exchange: 'fake', channel, symbol });
  }

  /** Lets hours pass in which the exchange answers pings, and sends nothing else. */
  async rest(hours: number): Promise<void> {
    for (let passedMs = 0; passedMs < hours * 3_600_000; passedMs += 10_000) {
      await this.clock.advance(10_000);
      this.socket.handlers.onPong();
    }
  }

  /** Loses the connection, and opens the next one. */
  async reconnect(): Promise<void> {
    this.socket.end(1006);
    await this.clock.advance(5_000);
    this.socket.accept();
    await this.clock.advance(0);
    this.socket.ackAll();
  }

  async close(): Promise<void> {
    const closing = this.stream.close();
    await this.clock.advance(5_000);
    await closing;
    expect(this.clock.pending).toBe(0);
  }
}
