/** The exchange and the libraries that read from it, each in a process of its own, and what happens between them. */
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What books are seeded beside; other libraries hold back no more than a few thousand updates until they have one. */
const FIRST_UPDATES = 1_000;
/** How long REST snapshots take that some libraries put off. */
const SEEDING_MS = 3_000;
const DEADLINE_MS = 60_000;

export class Contest {
  #exchange;
  #clients = new Map();
  #kind;

  /** @param kind `trade`, `paced` or `depth` */
  static async of(kind, names, marketCount) {
    const contest = new Contest();
    contest.#kind = kind;
    contest.#exchange = new Process('ingest/exchange.mjs', [marketCount]);
    const { port } = await contest.#exchange.next('port');
    if (kind === 'depth') await contest.#exchange.do('snapshot');
    for (const name of names) {
      const client = new Process('ingest/client.mjs', [name, kind, port, marketCount]);
      contest.#clients.set(name, client);
      for (let topics = 0; topics < marketCount;)
        topics += (await contest.#exchange.next('subscribed')).topics;
      await client.next('connected');
    }
    if (kind === 'depth') await contest.#seed();
    return contest;
  }

  /** Frames for the next round, the same for everybody. */
  async write(count) {
    await this.#exchange.do('write', { kind: this.#kind, count });
  }

  /** Sends the round to one library. @returns what it cost and how many reached its consumer */
  async send(name, count) {
    return this.#sent(name, count, () => this.#exchange.do('send', { to: pathOf(name) }));
  }

  /** The same at a pace, with latencies. */
  async pace(name, count, perSecond) {
    return this.#sent(name, count, () => this.#exchange.do('pace', { to: pathOf(name), count, perSecond }));
  }

  end() {
    for (const process of [this.#exchange, ...this.#clients.values()]) process.end();
  }

  async #sent(name, count, send) {
    const client = this.#clients.get(name);
    client.tell('expect', { events: count });
    await client.next('armed');
    const finished = client.next('finished');
    await send();
    client.tell('end');
    return finished;
  }

  async #seed() {
    await this.write(FIRST_UPDATES);
    for (const name of this.#clients.keys()) await this.#exchange.do('send', { to: pathOf(name) });
    await sleep(SEEDING_MS);
  }
}

/** By this the exchange knows its client. */
export function pathOf(name) {
  return name.replace(/[^a-z]/gi, '');
}

class Process {
  #child;
  #heard = [];
  #waiting = [];

  constructor(file, options) {
    const execArgv = ['--expose-gc', ...process.execArgv.filter((option) => option !== '--expose-gc')];
    this.#child = fork(new URL(`../${file}`, import.meta.url), options.map(String), { execArgv });
    this.#child.on('message', (message) => {
      const at = this.#waiting.findIndex(({ key }) => key in message);
      if (at < 0) this.#heard.push(message);
      else this.#waiting.splice(at, 1)[0].resolve(message);
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting) reject(new Error(`${file} ${options} has ended (${code})`));
    });
  }

  tell(command, details) {
    this.#child.send({ command, ...details });
  }

  /** Tells it, and waits until it is done. */
  async do(command, details) {
    this.tell(command, details);
    await this.next('done');
  }

  /** The next message that has this key. */
  next(key) {
    const at = this.#heard.findIndex((message) => key in message);
    if (at >= 0) return Promise.resolve(this.#heard.splice(at, 1)[0]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing was heard of "${key}"`)), DEADLINE_MS);
      const settled = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#waiting.push({ key, resolve: settled(resolve), reject: settled(reject) });
    });
  }

  end() {
    this.#child.disconnect();
  }
}
