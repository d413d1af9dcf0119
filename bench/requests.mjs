/**
 * What the matcher and the limits cost per request, beside what every client has to do that waits for an answer with a deadline: a
 * promise, an entry in a map, and a timer that is cancelled.
 *
 *   npm run bench:requests            [-- --requests=20000 --rounds=9 --together=100]
 *
 * Candidates take turns within every round; the first two rounds do not count. CPU time of this process, user and system,
 * per request: median (least to most), and the ratio to the floor of the same run.
 */
/* global AbortController */
import { SystemClock } from '@exchange-stream/market-data';
import { Outbox } from '../libs/exchange-stream/dist/engine/connection/outbox.js';
import { InProcessBudgets } from '../libs/exchange-stream/dist/engine/limits/budget-provider.js';
import { RequestMatcher } from '../libs/exchange-stream/dist/engine/requests/request-matcher.js';
import { UserRequests } from '../libs/exchange-stream/dist/engine/requests/user-requests.js';

const WARM_UP = 2;
const DEADLINE_MS = 10_000;
const given = Object.fromEntries(process.argv.slice(2).map((part) => part.replace(/^--/, '').split('=')));
const REQUESTS = Number(given.requests ?? 20_000);
const ROUNDS = Number(given.rounds ?? 9);
const TOGETHER = Number(given.together ?? 100);

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
  'floor: promise, map, timer': () => {
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
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

/** What a frame of data pays while nobody waits for one by its content, in nanoseconds. */
function idleFrameNs() {
  const matcher = createMatcher();
  const frames = 20_000_000;
  let read = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < frames; index++) {
    matcher.nextFrame();
    if (matcher.readsFrames) read++;
  }
  const { user, system } = process.cpuUsage(before);
  return { ns: ((user + system) * 1_000) / frames, read };
}

const took = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
for (let round = 0; round < ROUNDS + WARM_UP; round++) {
  const names = Object.keys(candidates);
  if (round % 2 === 1) names.reverse();
  for (const name of names) {
    const micros = await cpuPerRequest(candidates[name]);
    if (round >= WARM_UP) took[name].push(micros);
  }
}

const sorted = (values) => [...values].sort((one, other) => one - other);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const [floor] = Object.values(took);
console.log(`${REQUESTS} requests a round, ${TOGETHER} together, ${ROUNDS} rounds, Node ${process.version}`);
for (const [name, values] of Object.entries(took)) {
  const [least, most] = [sorted(values)[0], sorted(values).at(-1)];
  const ratio = median(values.map((value, round) => value / floor[round]));
  console.log(
    `${name.padEnd(50)} ${median(values).toFixed(2)} µs (${least.toFixed(2)} to ${most.toFixed(2)})  ${ratio.toFixed(2)} × floor`,
  );
}
console.log(`${'a data frame while nobody looks at frames'.padEnd(50)} ${idleFrameNs().ns.toFixed(1)} ns`);
