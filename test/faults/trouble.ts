import type { MarketEvent } from '@exchange-stream/market-data';
import type { SimulatedExchange } from '@exchange-stream/simulator';
import type { ExchangeWorld } from '../world/exchange-world.ts';

/** A recovery that takes longer is measured in seconds, and no longer in tenths of them. */
const CLOSELY_MS = 10_000;

/** Follows what consumers of a world's exchange are told, from a moment on: when trouble was told, and when all was well again. */
export class Trouble {
  /** `ticker:BTC-USDT stale`, in order. */
  readonly told: string[] = [];
  private readonly topics = new Map<string, string>();
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
    for (let now = this.endedAt; !this.isWell && now < end; now = this.world.clock.monotonic())
      await this.world.clock.advance(now - this.endedAt < CLOSELY_MS ? 100 : 1_000);
    this.backAt = this.world.clock.monotonic();
    if (!this.isWell) throw new Error(`Not live within ${withinMs} ms: ${this.world.states().join(', ')}`);
    return this.backAt - this.endedAt;
  }

  private get isWell(): boolean {
    return this.world.stream
      .subscriptions()
      .every(({ state, data }) => state === 'subscribed' && data === 'live');
  }

  /** Views of two hundred subscriptions are not made for each of their statuses. */
  private topicOf(subscription: string): string | undefined {
    if (!this.topics.has(subscription))
      for (const { key, topic } of this.world.stream.subscriptions())
        if (topic !== undefined) this.topics.set(key, topic);
    return this.topics.get(subscription);
  }

  private receive(event: MarketEvent): void {
    if (event.type !== 'status') return;
    this.told.push(`${this.topicOf(event.subscription)} ${event.state}`);
    if (event.state !== 'live') this.detectedAt ??= this.world.clock.monotonic();
  }
}
