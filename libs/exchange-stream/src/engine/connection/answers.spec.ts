import { VirtualClock } from '@exchange-stream/market-data';
import type { Budget, MessageBudget } from '../limits/budget.ts';
import { Answers } from './answers.ts';
import { Outbox } from './outbox.ts';

/** A budget that grants at once, or what it was asked for when told to. */
class ToldBudget implements MessageBudget {
  isOpen = true;
  asked = 0;
  private readonly waiting = new Set<() => void>();

  request(_weight: number, _lane: string, grant: () => void): () => void {
    this.asked++;
    if (this.isOpen) grant();
    else this.waiting.add(grant);
    return () => void this.waiting.delete(grant);
  }

  ofKind(): Budget {
    return this;
  }

  open(): void {
    this.isOpen = true;
    for (const grant of [...this.waiting]) {
      this.waiting.delete(grant);
      grant();
    }
  }
}

const limit = { documented: 2, safe: 2 };

function answering(
  windowMs = 1_000,
  deadlineMs = 60_000,
): {
  clock: VirtualClock;
  budget: ToldBudget;
  outbox: Outbox;
  answers: Answers;
  sent: string[];
} {
  const clock = new VirtualClock();
  const budget = new ToldBudget();
  const outbox = new Outbox(budget, clock);
  const answers = new Answers(clock, outbox, {
    limits: {
      topicsPerConnection: limit,
      topicsPerMessage: limit,
      messages: { ...limit, windowMs },
      connects: [],
    },
    heartbeat: { sender: 'exchange', intervalMs: deadlineMs / 2, deadlineMs },
  });
  return { clock, budget, outbox, answers, sent: [] };
}

describe('answers', () => {
  test('take half of the messages, and of a flood the newest are sent, in order', async () => {
    const { clock, answers, sent } = answering();
    for (let frame = 0; frame < 20; frame++)
      answers.frame(() => sent.push(`${frame} at ${clock.monotonic()}`));
    const start = clock.monotonic();
    await clock.advance(60_000);
    expect(sent).toEqual(
      [0, 12, 13, 14, 15, 16, 17, 18, 19].map((frame, turn) => `${frame} at ${start + turn * 1_000}`),
    );
    expect(clock.pending).toBe(0);
  });

  test('to WebSocket pings are one, to the last; frames keep theirs', async () => {
    const { clock, answers, sent } = answering();
    for (let ping = 0; ping < 5; ping++) answers.pong(() => sent.push(`pong ${ping}`));
    answers.frame(() => sent.push('frame'));
    await clock.advance(60_000);
    expect(sent).toEqual(['pong 0', 'pong 4', 'frame']);
  });

  test('come in time for the peer, however long the window of the limit is', async () => {
    const { clock, answers, sent } = answering(600_000, 8_000);
    for (let frame = 0; frame < 2; frame++) answers.frame(() => sent.push(`${frame}`));
    await clock.advance(1_999);
    expect(sent).toEqual(['0']);
    await clock.advance(1);
    expect(sent).toEqual(['0', '1']);
  });

  test('wait for the budget once, and what it lets pass then is the newest', async () => {
    const { clock, budget, answers, sent } = answering();
    budget.isOpen = false;
    for (let ping = 0; ping < 5; ping++) answers.pong(() => sent.push(`pong ${ping}`));
    await clock.advance(10_000);
    expect(sent).toEqual([]);
    budget.open();
    await clock.advance(10_000);
    expect([sent, budget.asked]).toEqual([['pong 4'], 1]);
  });

  test('end with the socket, and begin anew on the next', async () => {
    const { clock, budget, outbox, answers, sent } = answering();
    answers.frame(() => sent.push('first'));
    answers.frame(() => sent.push('waits for its turn'));
    answers.stop();
    expect(clock.pending).toBe(0);
    budget.isOpen = false;
    await clock.advance(1_000);
    answers.frame(() => sent.push('waits for the budget'));
    answers.stop();
    outbox.clear();
    budget.open();
    answers.frame(() => sent.push('on the next'));
    await clock.advance(10_000);
    expect(sent).toEqual(['first', 'on the next']);
  });
});
