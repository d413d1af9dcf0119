import { TopicRequests, type TopicRequestsUser } from '../../../src/engine/connection/topic-requests.ts';
import { fakeAdapter } from '../fake-exchange.ts';
import { Line, watch } from './line.ts';

describe('requests for topics', () => {
  test('under a key that a user waits for are not sent, and leave no other key behind', async () => {
    const line = new Line();
    const endpoint = fakeAdapter().endpoints['public']!;
    const told: string[] = [];
    const note =
      (what: string) =>
      (topics: readonly string[]): void =>
        void (topics.length > 0 && told.push(`${what} ${topics.join()}`));
    const user: TopicRequestsUser = {
      requested: () => undefined,
      delayed: () => undefined,
      sent: () => undefined,
      confirmed: note('confirmed'),
      refused: note('refused'),
      failed: (topics, failure) => told.push(`${failure} ${topics.join()}`),
      left: note('left'),
    };
    const requests = new TopicRequests(
      endpoint,
      line.clock,
      {
        post: (_lane, _weight, send) => {
          send();
          return () => undefined;
        },
        send: (frame) => line.sent.push(frame),
        requests: line.matcher,
      },
      user,
    );
    const ask = (frame: string): void =>
      requests.ask('in', ['one', 'two'], (topics) => [
        { frame, replies: topics.map((topic) => ({ key: topic, topics: [topic] })) },
      ]);
    const mine = watch(line.requests.expect({ key: 'two' }, {}));
    ask('first');
    expect(line.sent).toEqual([]);
    expect(told).toEqual(['rejected one,two']);
    expect(line.hear('ack', 'one')).toBe(false);
    line.hear('ack', 'two');
    await line.clock.advance(0);
    expect(mine.value).toHaveLength(1);
    ask('second');
    expect(line.sent).toEqual(['second']);
    for (const key of ['one', 'two']) line.hear('ack', key);
    expect(told.slice(1)).toEqual(['confirmed one', 'confirmed two']);
    expect(line.clock.pending).toBe(0);
  });
});
