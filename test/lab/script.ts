import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { randomFaults, type Fault } from '@exchange-stream/simulator';
import fc from 'fast-check';
import { SYMBOLS, type LabWorld } from './lab-world.ts';

/** Everything that scripts subscribe. */
const CATALOGUE: readonly SubscriptionRequest[] = ['BTC/USDT', 'ETH/USDT'].flatMap(
  (symbol): SubscriptionRequest[] => {
    const of = { exchange: 'lab', symbol } as const;
    return [
      { ...of, channel: 'book' },
      { ...of, channel: 'book', params: { depth: 10 } },
      { ...of, channel: 'trades' },
      { ...of, channel: 'ticker' },
      { ...of, channel: 'quotes' },
      { ...of, channel: 'candles', params: { interval: '1m' } },
    ];
  },
);

const TOPICS = ['book:BTC-USDT', 'trades:BTC-USDT', 'ticker:ETH-USDT', 'candles.1m:BTC-USDT'];

/**
 * Faults after which everything is to be live again. Not among them: answers that are final; frames of 32 MiB, which say
 * nothing that a small script would not; `ignore-requests`, which nobody can notice on a topic that promises no pace;
 * and, until the engine survives them, announced shutdowns and halts whose end is lost with a connection.
 */
const FAULTS: readonly Fault['type'][] = [
  ...(['drop-frames', 'duplicate-frames', 'reorder-frames', 'corrupt-frames', 'stall'] as const),
  ...(['lose-ack', 'delay-ack', 'misdirect-ack'] as const),
  ...(['rest-status', 'rest-slow', 'rest-corrupt', 'rest-stale-book'] as const),
  ...(['refuse-handshakes', 'close', 'cut', 'ping-flood', 'unsolicited-frame'] as const),
];

/**
 * What a lab may speak. Not drawn: pings in words of the exchange's own, which the engine does not send yet; books seeded
 * by the stream, whose lost snapshot it may wait for without end.
 */
export const dialects = fc.record({
  acks: fc.constantFrom('request' as const, 'topic' as const, 'channel' as const),
  books: fc.constantFrom('range' as const, 'previous' as const),
  heartbeat: fc.constantFrom('websocket' as const, 'test-request' as const),
  packing: fc.constantFrom(...(['text', 'binary', 'gzip', 'deflate', 'deflate-raw'] as const)),
  unknownTopics: fc.constantFrom('refused' as const, 'silent' as const),
});

/** One thing that happens to a lab. */
export type Step =
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly what: number }
  /** Two faults of the exchange within the next 10 s, drawn from this seed. */
  | { readonly do: 'faults'; readonly seed: number }
  | { readonly do: 'drop' | 'restart' }
  | { readonly do: 'freeze' | 'refuse' | 'pause'; readonly forMs: number }
  | { readonly do: 'halt'; readonly symbol: (typeof SYMBOLS)[number]; readonly forMs: number }
  | { readonly do: 'wait'; readonly ms: number };

const what = fc.nat(CATALOGUE.length - 1);
const forMs = fc.integer({ min: 1, max: 20_000 });

/** A weight of 0: the engine does not yet heed what the exchange says there. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('subscribe' as const), what }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), what }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(10_000) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('faults' as const), seed: fc.nat(1_000_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('freeze' as const, 'refuse' as const), forMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), forMs }) },
  {
    weight: 0,
    arbitrary: fc.record({ do: fc.constant('halt' as const), symbol: fc.constantFrom(...SYMBOLS), forMs }),
  },
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
  for (const task of [...undo]) task();
  world.calm();
}

async function perform(
  step: Step,
  world: LabWorld,
  lasting: (ms: number, end: () => void) => void,
): Promise<void> {
  const { network, exchange } = world;
  switch (step.do) {
    case 'subscribe':
    case 'unsubscribe': {
      const request = CATALOGUE[step.what];
      if (request) world[step.do === 'subscribe' ? 'hold' : 'release'](request);
      return;
    }
    case 'faults':
      exchange.faults.run(
        randomFaults(step.seed, { durationMs: 10_000, intensity: 12, topics: TOPICS, types: FAULTS }),
      );
      return;
    case 'drop':
      return network.drop();
    case 'restart':
      return exchange.disconnectAll(1012);
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
    case 'wait':
      await world.clock.advance(step.ms);
  }
}
