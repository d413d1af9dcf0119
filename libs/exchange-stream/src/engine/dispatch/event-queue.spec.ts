import { EventQueue } from './event-queue.ts';

const queue = (capacity: number, released = (): void => undefined): EventQueue<string> =>
  new EventQueue<string>({
    capacity,
    overflowed: (lost) => [`lost ${lost}`, 'what holds now'],
    released,
  });

async function take(events: EventQueue<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for (let index = 0; index < count; index++) {
    const result = await events.next();
    if (result.done) break;
    taken.push(result.value);
  }
  return taken;
}

describe('a bounded event queue', () => {
  test('hands over in order, whether the loop or the event comes first', async () => {
    const events = queue(10);
    const first = events.next();
    events.push('a');
    events.push('b');
    expect((await first).value).toBe('a');
    expect(await take(events, 1)).toEqual(['b']);
  });

  test('tells the loop when it comes back what it was too slow for, all of it in one', async () => {
    const events = queue(3);
    for (const event of ['a', 'b', 'c', 'd', 'e']) events.push(event);
    expect(events.waiting).toBe(0);
    expect(await take(events, 1)).toEqual(['lost 5']);
    events.push('f');
    expect(await take(events, 2)).toEqual(['what holds now', 'f']);
    expect(events.counts).toMatchObject({ received: 8, delivered: 3, lost: 5, conflated: 0 });
  });

  test('ends after what is queued, and releases once', async () => {
    let released = 0;
    const events = queue(10, () => released++);
    events.push('a');
    events.end();
    events.end();
    events.push('late');
    expect(await take(events, 5)).toEqual(['a']);
    expect(released).toBe(1);
  });

  test('lets a waiting loop end', async () => {
    const events = queue(10);
    const waiting = events.next();
    events.end();
    expect((await waiting).done).toBe(true);
  });

  test('leaving the loop releases and forgets', async () => {
    let released = 0;
    const events = queue(10, () => released++);
    events.push('a');
    events.push('b');
    for await (const event of events) {
      expect(event).toBe('a');
      break;
    }
    expect(released).toBe(1);
    expect((await events.next()).done).toBe(true);
  });

  test('stays correct over many more events than it keeps', async () => {
    const events = queue(5_000);
    let next = 0;
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 1_000; index++) events.push(String(round * 1_000 + index));
      for (const event of await take(events, 1_000)) expect(event).toBe(String(next++));
    }
    expect(next).toBe(20_000);
  });
});
