import type { Socket } from 'node:net';
import type { Clock, Random } from '@exchange-stream/market-data';
import { stageOf } from './stage-of.ts';
import { ToxicPipe } from './toxic-pipe.ts';
import type { Direction, Toxic } from './toxic.ts';

/** One client's connection through the faulty network. */
export class ToxicWire {
  private readonly pipes: Record<Direction, ToxicPipe>;

  constructor(
    private readonly client: Socket,
    private readonly exchange: Socket,
    private readonly clock: Clock,
    private readonly randomOf: (toxic: Toxic) => Random,
  ) {
    this.pipes = {
      upstream: new ToxicPipe(client, exchange, clock),
      downstream: new ToxicPipe(exchange, client, clock),
    };
    // An error is followed by `close`, which the pipes hear.
    for (const socket of this.ends) socket.on('error', () => undefined);
  }

  get ends(): readonly [Socket, Socket] {
    return [this.client, this.exchange];
  }

  add(toxic: Toxic): void {
    const [sender, receiver] =
      toxic.direction === 'upstream' ? [this.client, this.exchange] : [this.exchange, this.client];
    const wire = {
      close: () => {
        this.stop();
        receiver.destroySoon();
        sender.destroy();
      },
      reset: () => {
        this.stop();
        receiver.resetAndDestroy();
        sender.destroy();
      },
    };
    this.pipes[toxic.direction].add(toxic, stageOf(toxic, wire, this.clock, this.randomOf(toxic)));
  }

  remove(toxic: Toxic): void {
    this.pipes[toxic.direction].remove(toxic);
  }

  destroy(): void {
    this.stop();
    for (const socket of this.ends) socket.destroy();
  }

  private stop(): void {
    this.pipes.upstream.stop();
    this.pipes.downstream.stop();
  }
}
