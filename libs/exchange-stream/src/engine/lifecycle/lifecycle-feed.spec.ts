import { VirtualClock } from '@exchange-stream/market-data';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { LifecycleFeed } from './lifecycle-feed.ts';

const loaded = (count: number): LifecycleEvent => ({ type: 'instruments-loaded', exchange: 'lab', count });

describe('LifecycleFeed', () => {
  it('gives a loop what happens while it runs, and ends with the feed after what is unread', async () => {
    const feed = new LifecycleFeed(new VirtualClock(), 1_000);
    feed.deliver(loaded(0));
    const loop = feed.iterate();
    feed.deliver(loaded(1));
    feed.deliver(loaded(2));
    feed.end();
    feed.deliver(loaded(3));
    const seen: LifecycleEvent[] = [];
    for await (const event of loop) seen.push(event);
    expect(seen).toEqual([loaded(1), loaded(2)]);
    expect(await feed.iterate().next()).toEqual({ done: true, value: undefined });
  });

  it('tells a loop that is too slow how much it has missed, all of it, however often', async () => {
    const feed = new LifecycleFeed(new VirtualClock(), 1_000);
    const loop = feed.iterate(3);
    for (let n = 0; n < 20; n++) feed.deliver(loaded(n));
    const first = await loop.next();
    const rest: LifecycleEvent[] = [];
    feed.end();
    for await (const event of loop) rest.push(event);
    expect(first.value).toMatchObject({ type: 'events-lost' });
    const { lost } = first.value as { lost: number };
    expect(rest).toEqual(Array.from({ length: 20 - lost }, (_, index) => loaded(lost + index)));
  });

  it('leaves nothing behind when a loop breaks off', async () => {
    const feed = new LifecycleFeed(new VirtualClock(), 1_000);
    const loop = feed.iterate(1);
    feed.deliver(loaded(1));
    for await (const event of loop) {
      expect(event).toEqual(loaded(1));
      break;
    }
    feed.deliver(loaded(2));
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });
});
