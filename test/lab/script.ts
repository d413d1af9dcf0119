import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { randomFaults, type Fault } from '@exchange-stream/simulator';
import fc from 'fast-check';
import { SYMBOLS, type LabWorld } from './lab-world.ts';
import type { LabExchange } from './twin/index.ts';

/** Everything that scripts subscribe. */
const CATALOGUE: readonly SubscriptionRequest[] = [
  ...['BTC/USDT', 'ETH/USDT'].flatMap((symbol): SubscriptionRequest[] => {
    const of = { exchange: 'lab', symbol } as const;
    return [
      { ...of, channel: 'book' },
      { ...of, channel: 'book', params: { depth: 10 } },
      { ...of, channel: 'trades' },
      { ...of, channel: 'ticker' },
      { ...of, channel: 'quotes' },
      { ...of, channel: 'candles', params: { interval: '1m' } },
    ];
  }),
  // Shares its topic with the typed subscription, where there is one.
  { exchange: 'lab', channel: 'raw', symbol: 'trades:BTC-USDT' },
  { exchange: 'lab', channel: 'raw', symbol: 'quotes:ETH-USDT' },
  // Of an account: on a connection that logs in.
  { exchange: 'lab', channel: 'raw', symbol: 'orders' },
  { exchange: 'lab', channel: 'raw', symbol: 'balances' },
  { exchange: 'lab', channel: 'orders', symbol: '' },
  { exchange: 'lab', channel: 'fills', symbol: '' },
  { exchange: 'lab', channel: 'positions', symbol: '' },
  { exchange: 'lab', channel: 'derivatives', symbol: 'BTC/USDT' },
  { exchange: 'lab', channel: 'derivatives', symbol: 'ETH/USDT' },
  { exchange: 'lab', channel: 'options', symbol: 'BTC/USDT' },
  { exchange: 'lab', channel: 'liquidations', symbol: 'BTC/USDT' },
  { exchange: 'lab', channel: 'liquidations', symbol: 'ETH/USDT' },
];

const TOPICS = ['book:BTC-USDT', 'trades:BTC-USDT', 'ticker:ETH-USDT', 'candles.1m:BTC-USDT', 'orders'];

/**
 * Faults after which everything is to be live again, or to have been refused for good. Not among them: frames and answers
 * of 32 MiB, which say nothing that a small one would not.
 */
const FAULTS: readonly Fault['type'][] = [
  ...(['drop-frames', 'duplicate-frames', 'reorder-frames', 'corrupt-frames', 'stall'] as const),
  ...(['lose-ack', 'delay-ack', 'repeat-ack', 'misdirect-ack', 'ignore-requests', 'ack-then-error'] as const),
  ...(['rest-status', 'rest-slow', 'rest-corrupt', 'rest-stale-book'] as const),
  ...(['refuse-handshakes', 'close', 'cut', 'ping-flood', 'unsolicited-frame'] as const),
  ...(['malformed-close', 'server-shutdown', 'refuse-logins', 'delay-logins', 'pause', 'halt'] as const),
  ...(['clock-off', 'delay-frames', 'spoil-books', 'recount-books', 'resend-books'] as const),
];

/** What most often happens to books, and what makes them wrong. */
const BOOK_FAULTS: readonly Fault['type'][] = [
  ...(['drop-frames', 'duplicate-frames', 'reorder-frames', 'delay-frames', 'corrupt-frames'] as const),
  ...(['spoil-books', 'spoil-books', 'recount-books', 'resend-books', 'stall', 'cut'] as const),
  ...(['rest-status', 'rest-slow', 'rest-corrupt', 'rest-stale-book'] as const),
];
const BOOK_TOPICS = ['book:BTC-USDT', 'book:BTC-USDT', 'book:ETH-USDT'];

/** What most often happens to trades, and what keeps missed ones from being had. */
const TRADE_FAULTS: readonly Fault['type'][] = [
  ...(['drop-frames', 'drop-frames', 'duplicate-frames', 'reorder-frames', 'delay-frames'] as const),
  ...(['corrupt-frames', 'cut', 'rest-status', 'rest-status', 'rest-slow', 'rest-corrupt'] as const),
];
const TRADE_TOPICS = ['trades:BTC-USDT'];

/** Within so long all that a step has drawn has happened. */
const FAULTS_MS = 10_000;

/** What a lab may speak, and whether we have its frames numbered: where books do not link, nothing else tells of a loss. */
export const dialects = fc
  .record({
    acks: fc.constantFrom('request' as const, 'topic' as const, 'channel' as const),
    books: fc.constantFrom(...(['range', 'previous', 'stream', 'chain', 'none'] as const)),
    checksums: fc.boolean(),
    numbered: fc.boolean(),
    heartbeat: fc.constantFrom(...(['websocket', 'test-request', 'text', 'json'] as const)),
    packing: fc.constantFrom(...(['text', 'binary', 'gzip', 'deflate', 'deflate-raw'] as const)),
    unknownTopics: fc.constantFrom('refused' as const, 'silent' as const),
    exclusiveBooks: fc.boolean(),
    tradeIds: fc.constantFrom(...(['count', 'count', 'grow', 'text'] as const)),
    trades: fc.constantFrom(...(['plain', 'recent', 'twice'] as const)),
    tradeHistory: fc.constantFrom(...(['id', 'time', 'recent', 'none'] as const)),
    values: fc.constantFrom('whole' as const, 'parts' as const),
  })
  .map((drawn) => ({ ...drawn, numbered: drawn.numbered || drawn.books === 'none' }));

/** How much longer than 5 ms a message may take, in milliseconds. */
export const jitters = fc.constantFrom(0, 0, 60);

/** One thing that happens to a lab. */
export type Step =
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly what: number }
  /** Two faults of the exchange within the next 10 s, drawn from this seed. */
  | { readonly do: 'faults'; readonly seed: number }
  /** Four that are of books. */
  | { readonly do: 'book-faults'; readonly seed: number }
  /** Four that are of trades. */
  | { readonly do: 'trade-faults'; readonly seed: number }
  | { readonly do: 'drop' | 'restart' | 'oversize' }
  | { readonly do: 'freeze' | 'refuse' | 'pause'; readonly forMs: number }
  | { readonly do: 'halt'; readonly symbol: (typeof SYMBOLS)[number]; readonly forMs: number }
  | {
      readonly do: 'refuse-subscriptions';
      readonly topic: string;
      readonly temporary: boolean;
      readonly forMs: number;
    }
  /** Acks do not come, though what is asked is done. */
  | { readonly do: 'lose-acks'; readonly forMs: number }
  /** Changes of mind in quick succession, each after so many milliseconds. */
  | { readonly do: 'toggle'; readonly what: readonly (readonly [what: number, afterMs: number])[] }
  | { readonly do: 'refuse-logins'; readonly temporary: boolean; readonly forMs: number }
  /** What the user does, with one of the connections there are. */
  | { readonly do: 'rotate' | 'recycle'; readonly connection: number }
  | { readonly do: 'disable'; readonly forMs: number }
  | { readonly do: 'set-urls'; readonly host: 'lab.test' | 'lab-2.test' }
  /** Takes all of these for the default subscriptions, in place of those before. */
  | { readonly do: 'set-defaults'; readonly what: readonly number[] }
  | { readonly do: 'set-proxy'; readonly isSet: boolean }
  | { readonly do: 'wait'; readonly ms: number };

const what = fc.nat(CATALOGUE.length - 1);
const forMs = fc.integer({ min: 1, max: 20_000 });
const connection = fc.nat(5);
const topic = fc.constantFrom(...TOPICS);

function rare(...steps: fc.Arbitrary<Step>[]): fc.WeightedArbitrary<Step>[] {
  return steps.map((arbitrary) => ({ weight: 1, arbitrary }));
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('subscribe' as const), what }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), what }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(10_000) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('faults' as const), seed: fc.nat(1_000_000) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('book-faults' as const), seed: fc.nat(1_000_000) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('trade-faults' as const), seed: fc.nat(1_000_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('freeze' as const, 'refuse' as const), forMs }) },
  ...rare(
    fc.record({ do: fc.constant('pause' as const), forMs }),
    fc.record({ do: fc.constant('halt' as const), symbol: fc.constantFrom(...SYMBOLS), forMs }),
    fc.record({ do: fc.constant('oversize' as const) }),
    fc.record({
      do: fc.constant('refuse-subscriptions' as const),
      topic,
      temporary: fc.boolean(),
      forMs,
    }),
    fc.record({ do: fc.constant('lose-acks' as const), forMs: fc.integer({ min: 1, max: 60_000 }) }),
    fc.record({
      do: fc.constant('toggle' as const),
      what: fc.array(fc.tuple(what, fc.nat(15)), { minLength: 2, maxLength: 12 }),
    }),
    fc.record({ do: fc.constant('refuse-logins' as const), temporary: fc.boolean(), forMs }),
    fc.record({ do: fc.constantFrom('rotate' as const, 'recycle' as const), connection }),
    fc.record({ do: fc.constant('disable' as const), forMs }),
    fc.record({
      do: fc.constant('set-urls' as const),
      host: fc.constantFrom('lab.test' as const, 'lab-2.test' as const),
    }),
    fc.record({
      do: fc.constant('set-defaults' as const),
      what: fc.uniqueArray(what, { maxLength: 6 }),
    }),
    fc.record({ do: fc.constant('set-proxy' as const), isSet: fc.boolean() }),
  ),
);

export const scripts: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 14 });

/** Plays a script, and then undoes what is still wrong. */
export async function play(world: LabWorld, script: readonly Step[]): Promise<void> {
  const undo = new Set<() => void>();
  /** Ends what was begun after so long, or with the script. */
  const lasting = (ms: number, end: () => void): void => {
    const task = (): void => {
      undo.delete(task);
      timer.cancel();
      end();
    };
    const timer = world.clock.after(ms, task);
    undo.add(task);
  };
  for (const step of script) {
    await perform(step, world, lasting);
    // Things seldom happen at the very same instant.
    await world.clock.advance(50);
  }
  // What has been drawn has its time, too.
  await world.clock.advance(FAULTS_MS);
  for (const task of [...undo]) task();
  world.calm();
}

/** Where only the count of frames tells of a loss, changes that were never sent show nowhere. */
function possible(types: readonly Fault['type'][], { dialects: spoken }: LabExchange): Fault['type'][] {
  const showsAll = spoken.books !== 'none' || spoken.checksums;
  return types.filter((type) => showsAll || type !== 'stall');
}

async function perform(
  step: Step,
  world: LabWorld,
  lasting: (ms: number, end: () => void) => void,
): Promise<void> {
  const { network, exchange, stream } = world;
  switch (step.do) {
    case 'subscribe':
    case 'unsubscribe': {
      const request = CATALOGUE[step.what];
      if (request) world[step.do === 'subscribe' ? 'hold' : 'release'](request);
      return;
    }
    case 'faults':
      exchange.faults.run(
        randomFaults(step.seed, {
          durationMs: FAULTS_MS,
          intensity: 12,
          topics: TOPICS,
          types: possible(FAULTS, exchange),
        }),
      );
      return;
    case 'book-faults':
      exchange.faults.run(
        randomFaults(step.seed, {
          ...{ durationMs: FAULTS_MS, intensity: 24 },
          ...{ topics: BOOK_TOPICS, types: possible(BOOK_FAULTS, exchange) },
        }),
      );
      return;
    case 'trade-faults':
      exchange.faults.run(
        randomFaults(step.seed, {
          ...{ durationMs: FAULTS_MS, intensity: 24 },
          ...{ topics: TRADE_TOPICS, types: TRADE_FAULTS },
        }),
      );
      return;
    case 'drop':
      return network.drop();
    case 'restart':
      return exchange.disconnectAll(1012);
    case 'oversize':
      return void exchange.faults.inject({ type: 'oversize-frame', bytes: world.maxFrameBytes + 1 });
    case 'freeze':
      network.freeze();
      return lasting(step.forMs, () => network.thaw());
    case 'refuse':
      network.refusing = true;
      return lasting(step.forMs, () => (network.refusing = false));
    case 'pause':
      exchange.pause();
      return lasting(step.forMs, () => exchange.resume());
    case 'halt':
      exchange.halt(step.symbol);
      return lasting(step.forMs, () => exchange.reopen(step.symbol));
    case 'lose-acks':
      return void exchange.faults.inject({ type: 'lose-ack', forMs: step.forMs });
    case 'toggle':
      for (const [what, afterMs] of step.what) {
        const request = CATALOGUE[what];
        if (request) world[world.holds(request) ? 'release' : 'hold'](request);
        await world.clock.advance(afterMs);
      }
      return;
    case 'set-defaults':
      return world.setDefaults(step.what.flatMap((index) => CATALOGUE[index] ?? []));
    case 'refuse-subscriptions':
    case 'refuse-logins': {
      const { do: type, ...fault } = step;
      return void exchange.faults.inject({ ...fault, type });
    }
    case 'rotate':
    case 'recycle': {
      const connections = stream.manager('lab').connections();
      const chosen = connections[step.connection % Math.max(1, connections.length)];
      if (chosen) stream.manager('lab')[step.do](chosen.id);
      return;
    }
    case 'disable':
      void stream.disable('lab');
      return lasting(step.forMs, () => stream.enable('lab'));
    case 'set-urls':
      return world.setHost(step.host);
    case 'set-proxy':
      return world.setProxy(step.isSet);
    case 'wait':
      await world.clock.advance(step.ms);
  }
}
