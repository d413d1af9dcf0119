/**
 * What the matcher and the limits cost per request, beside what every client has to do that waits for an answer with a deadline: a
 * promise, an entry in a map, and a timer that is cancelled.
 *
 *   npm run bench:requests            [-- --requests=20000 --rounds=9 --together=100 --json]
 *
 * CPU time of this process per request, and the ratio to the floor of the same round.
 */
/* global AbortController */
import { SystemClock } from '@exchange-stream/market-data';
import { Outbox } from '../libs/exchange-stream/dist/engine/connection/outbox.js';
import { InProcessBudgets } from '../libs/exchange-stream/dist/engine/limits/budget-provider.js';
import { RequestMatcher } from '../libs/exchange-stream/dist/engine/requests/request-matcher.js';
import { UserRequests } from '../libs/exchange-stream/dist/engine/requests/user-requests.js';
import { cpuMicros, report, rowOf, sizeOf, spread, takeTurns } from './measure.mjs';

const DEADLINE_MS = 10_000;
const REQUESTS = sizeOf('requests', 20_000, 2_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const TOGETHER = sizeOf('together', 100, 100);
const IDLE_FRAMES = sizeOf('frames', 20_000_000, 200_000);
const FLOOR = 'promise, map, timer';

const FRAME = '{"result":{"orderId":"88"},"id":5}';
const text = () => FRAME;
const clock = new SystemClock();

function createMatcher() {
  return new RequestMatcher({
    exchange: 'bench',
    connection: 'bench/trading/1',
    clock,
    pendingRequests: 10 * TOGETHER,
    report: () => undefined,
  });
}

const WIDE = { documented: 1e9, safe: 1e9, windowMs: 100 };

/** What leaves a connection: by its own limit, or by that of its kind, of its address and of REST, too. */
function createOutbox(isShared) {
  const limits = {
    messages: WIDE,
    ...(isShared && { messagesPerAddress: WIDE, ofKinds: { order: { ...WIDE, per: 'account' } } }),
  };
  const heartbeat = { sender: 'exchange', intervalMs: 20_000, deadlineMs: 60_000 };
  const countedAsRequests = { limit: WIDE, connect: 1, message: 1 };
  const endpoint = { limits, heartbeat, ...(isShared && { countedAsRequests }) };
  return new Outbox(new InProcessBudgets(clock).messages('bench', endpoint, 'default'), clock);
}

const atOnce = (_lane, _weight, send) => {
  send();
  return () => undefined;
};

function createUser(matcher, outbox) {
  const carrier = {
    isUp: () => true,
    post: outbox ? (...posted) => outbox.post(...posted) : atOnce,
    send: () => true,
    find: () => undefined,
    redact: (words) => words,
  };
  return new UserRequests(matcher, carrier, DEADLINE_MS);
}

/** Asks so many at once, answers all of them, and waits for the promises, until all requests are through. */
async function inBatches(ask, answer) {
  for (let done = 0; done < REQUESTS; done += TOGETHER) {
    const promises = [];
    for (let index = 0; index < TOGETHER; index++) promises.push(ask(done + index));
    for (let index = 0; index < TOGETHER; index++) answer(done + index);
    await Promise.all(promises);
  }
}

const candidates = {
  [FLOOR]: () => {
    const waiting = new Map();
    return inBatches(
      (id) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error('late')), DEADLINE_MS);
          waiting.set(String(id), { resolve, timer });
        }),
      (id) => {
        const key = String(id);
        const { resolve, timer } = waiting.get(key);
        waiting.delete(key);
        clearTimeout(timer);
        resolve(text());
      },
    );
  },
  'matcher, called back (logins, acks)': () => {
    const matcher = createMatcher();
    return inBatches(
      (id) =>
        new Promise((resolve) => {
          const match = { key: String(id) };
          matcher
            .open({ purpose: 'subscribe', matches: [{ match }], deadlineMs: DEADLINE_MS }, resolve)
            .left();
        }),
      (id) => matcher.reply(String(id), undefined, text),
    );
  },
  'send with one match by key': () => {
    const matcher = createMatcher();
    const user = createUser(matcher);
    return inBatches(
      (id) => user.request(FRAME, { match: { key: id } }),
      (id) => matcher.reply(String(id), undefined, text),
    );
  },
  'the same within the limit of its connection': () => {
    const matcher = createMatcher();
    const user = createUser(matcher, createOutbox(false));
    return inBatches(
      (id) => user.request(FRAME, { match: { key: id } }),
      (id) => matcher.reply(String(id), undefined, text),
    );
  },
  'the same within four limits, three of them shared': () => {
    const matcher = createMatcher();
    const user = createUser(matcher, createOutbox(true));
    return inBatches(
      (id) => user.request(FRAME, { match: { key: id }, limit: 'order' }),
      (id) => matcher.reply(String(id), undefined, text),
    );
  },
  'send with an ack and an event, both by key': () => {
    const matcher = createMatcher();
    const user = createUser(matcher);
    return inBatches(
      (id) => user.request(FRAME, { match: [{ key: id }, { key: `order ${id}` }] }),
      (id) => {
        matcher.reply(String(id), undefined, text);
        matcher.reply(`order ${id}`, undefined, text);
      },
    );
  },
  'send with a signal': () => {
    const matcher = createMatcher();
    const user = createUser(matcher);
    return inBatches(
      (id) => user.request(FRAME, { match: { key: id }, signal: new AbortController().signal }),
      (id) => matcher.reply(String(id), undefined, text),
    );
  },
};

async function cpuPerRequest(run) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await run();
  return cpuMicros(before) / REQUESTS;
}

/** What a frame of data pays while nobody waits for one by its content, in nanoseconds. */
function idleFrameNs() {
  const matcher = createMatcher();
  let read = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < IDLE_FRAMES; index++) {
    matcher.nextFrame();
    if (matcher.readsFrames) read++;
  }
  if (read > 0) throw new Error('frames were read for nobody');
  return (cpuMicros(before) * 1_000) / IDLE_FRAMES;
}

const [, ...ours] = Object.keys(candidates);
const costs = await takeTurns(
  Object.fromEntries(Object.entries(candidates).map(([name, run]) => [name, () => cpuPerRequest(run)])),
  ROUNDS,
);
report([
  ...ours.map((who) => rowOf({ what: 'a request and its answer', who, against: FLOOR, unit: 'µs' }, costs)),
  { what: 'a frame while nobody looks at frames', who: 'matcher', unit: 'ns', cost: spread([idleFrameNs()]) },
]);
