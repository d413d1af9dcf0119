import type { MarketEvent } from '@exchange-stream/market-data';
import type { SimulatedExchange } from '@exchange-stream/simulator';
import type { ExchangeWorld } from '../world/exchange-world.ts';

/** Follows what consumers of a world's exchange are told, from a moment on: when trouble was told, and when all was well again. */
export class Trouble {
  /** `ticker:BTC-USDT stale`, in order. */
  readonly told: string[] = [];
  private detectedAt: number | undefined;
  private endedAt = 0;
  private backAt: number | undefined;
  private readonly beganAt: number;

  constructor(private readonly world: ExchangeWorld<SimulatedExchange>) {
    let isFresh = false;
    world.stream.listen({ exchange: world.exchange.id }, (event) => {
      if (isFresh) this.receive(event);
    });
    // Whoever joins is told the present status first; that is not news.
    isFresh = true;
    this.beganAt = world.clock.monotonic();
  }

  /** Milliseconds from the beginning to the first status that was not `live`; undefined when there was none. */
  get detectedMs(): number | undefined {
    return this.detectedAt === undefined ? undefined : this.detectedAt - this.beganAt;
  }

  /** The fault is over: lets time pass until all is live, at most so long. Returns how long it took. */
  async recover(withinMs: number): Promise<number> {
    this.endedAt = this.world.clock.monotonic();
    const end = this.endedAt + withinMs;
    while (!this.isWell && this.world.clock.monotonic() < end) await this.world.clock.advance(100);
    this.backAt = this.world.clock.monotonic();
    if (!this.isWell) throw new Error(`Not live within ${withinMs} ms: ${this.world.states().join(', ')}`);
    return this.backAt - this.endedAt;
  }

  private get isWell(): boolean {
    return this.world.stream
      .subscriptions()
      .every(({ state, data }) => state === 'subscribed' && data === 'live');
  }

  private receive(event: MarketEvent): void {
    if (event.type !== 'status') return;
    const topic = this.world.stream.subscriptions().find(({ key }) => key === event.subscription)?.topic;
    this.told.push(`${topic} ${event.state}`);
    if (event.state !== 'live') this.detectedAt ??= this.world.clock.monotonic();
  }
}
