import type { MessageId } from '@exchange-stream/nestjs/contract';
import type { EndpointHandle, Reply, RequestReport } from '@exchange-stream/nestjs/engine';
import type { LabWorld, LabWorldOptions } from '../lab/lab-world.ts';
import { EACH_CHANNEL, liveLab } from './worlds.ts';

export const ORDERS = { exchange: 'lab', channel: 'raw', symbol: 'orders' } as const;
export const ORDER = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };

interface Placement {
  /** Default the next one. */
  readonly id?: MessageId;
  readonly deadlineMs?: number;
}

/** Lab, live, with an account: its orders are subscribed, and a connection to place them on is held. */
export class TradingDesk {
  private readonly told: string[] = [];

  private constructor(
    readonly world: LabWorld,
    readonly trading: EndpointHandle,
    private readonly reports: readonly RequestReport[],
  ) {
    world.stream.onLifecycle((event) => {
      if (event.type === 'frame-problem') this.told.push(event.detail);
    });
  }

  /** @param watched is given the world before anything has happened in it */
  static async open(
    options: LabWorldOptions,
    watched: (world: LabWorld) => void = () => undefined,
  ): Promise<TradingDesk> {
    const reports: RequestReport[] = [];
    const world = await liveLab(
      {
        subscriptions: [...EACH_CHANNEL, ORDERS],
        requestReporter: (report) => reports.push(report),
        ...options,
      },
      watched,
    );
    const trading = world.stream.manager('lab').hold('trading');
    await world.clock.advance(5_000);
    reports.length = 0;
    return new TradingDesk(world, trading, reports);
  }

  /** Places an order under an id of its own, unless it is given one. */
  place({ id = this.trading.nextId(), deadlineMs }: Placement = {}): {
    readonly id: MessageId;
    readonly reply: Promise<readonly Reply[]>;
  } {
    const reply = this.trading.send(JSON.stringify({ ...ORDER, id }), {
      match: { key: id },
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
    // Whoever waits for it is told later.
    reply.catch(() => undefined);
    return { id, reply };
  }

  /** Frames of the exchange that were of no use, in words. */
  problems(): readonly string[] {
    return this.told;
  }

  /** How messages for a purpose ended; `other`: those that were sent by `place`. */
  endingsOf(purpose: RequestReport['purpose']): readonly string[] {
    return this.reportsOf(purpose).map(({ ending }) => ending);
  }

  /** Of messages for a purpose, how each ended. */
  reportsOf(purpose: RequestReport['purpose']): readonly RequestReport[] {
    return this.reports.filter((report) => report.purpose === purpose);
  }

  messagesSent(): number {
    return this.world.stream.manager('lab').counters().messagesSent;
  }

  async close(): Promise<void> {
    this.trading.release();
    await this.world.close();
  }
}
