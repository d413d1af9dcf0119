import { isZeroDecimal } from '@exchange-stream/market-data';
import type { BookError } from '@exchange-stream/simulator';
import { LabClient, startLab } from './lab-client.ts';
import type { LabOptions } from './lab.options.ts';

type Levels = readonly (readonly [string, string])[];
interface BookData {
  readonly snapshot?: boolean;
  readonly last?: number;
  readonly bids: Levels;
  readonly asks: Levels;
  readonly checksum?: number;
}

const BOOK = 'book:BTC-USDT';

/** The next frame of the book with something wrong in it, and the same as it should have been. */
async function spoiled(
  how: BookError,
  options: Omit<LabOptions, 'clock'> = {},
): Promise<{ frame: BookData; meant: BookData; truth: { bids: Levels; asks: Levels } } | undefined> {
  const { clock, lab } = startLab({ books: 'stream', ...options });
  const client = new LabClient(lab);
  client.subscribe(BOOK, 'trades:BTC-USDT');
  await clock.advance(1_030);
  const before = client.of(BOOK).length;
  const fault = lab.faults.inject({ type: 'spoil-books', how, count: 1 });
  let truth: { bids: Levels; asks: Levels } = lab.market.book('BTC-USDT');
  for (let ms = 0; ms < 1_000 && fault.hits === 0; ms++) {
    await clock.advance(1);
    truth = lab.market.book('BTC-USDT');
  }
  lab.stop();
  const hit = lab.faults.log.find(({ event }) => event === 'hit');
  if (hit === undefined) return undefined;
  expect(hit.topic).toBe(BOOK);
  const { data } = JSON.parse(hit.text!) as { data: BookData };
  const frame = client.of<BookData>(BOOK).slice(before).at(-1)!;
  return { frame, meant: data, truth };
}

describe('books of lab with something wrong', () => {
  test.each([
    ['crossed', 1],
    ['locked', 0],
  ] as const)('are %s by one bid that nobody takes away', async (how, rank) => {
    const { frame, meant, truth } = (await spoiled(how))!;
    expect(frame.bids[0]![0]).toBe(truth.asks[rank]![0]);
    expect(frame.bids.slice(1)).toEqual(meant.bids);
    expect({ ...frame, bids: [] }).toEqual({ ...meant, bids: [] });
  });

  test.each([
    ['zero-price', /^0\.0+$/],
    ['negative-price', /^-\d/],
  ] as const)('have a level of %s', async (how, price) => {
    const { frame, meant } = (await spoiled(how))!;
    expect(frame.bids.at(-1)![0]).toMatch(price);
    expect(isZeroDecimal(frame.bids.at(-1)![1])).toBe(false);
    expect(frame.bids.slice(0, -1)).toEqual(meant.bids);
  });

  test('have another amount than their checksum proves, among the levels that it is of', async () => {
    const { frame, meant, truth } = (await spoiled('wrong-amount', { checksums: true }))!;
    expect(frame.checksum).toBe(meant.checksum);
    const wrong = frame.bids.filter(([, amount], index) => amount !== meant.bids[index]![1]);
    expect(wrong).toHaveLength(1);
    expect(truth.bids.slice(0, 10).map(([price]) => price)).toContain(wrong[0]![0]);
    expect({ ...frame, bids: [] }).toEqual({ ...meant, bids: [] });
  });

  test('have another checksum', async () => {
    const { frame, meant } = (await spoiled('wrong-checksum', { checksums: true }))!;
    expect(frame.checksum).not.toBe(meant.checksum);
    expect({ ...frame, checksum: 0 }).toEqual({ ...meant, checksum: 0 });
  });

  test.each(['wrong-amount', 'wrong-checksum'] as const)(
    'have no %s where nothing is proved',
    async (how) => {
      expect(await spoiled(how)).toBeUndefined();
    },
  );
});

test('books can be counted anew and sent again by a script', async () => {
  const { clock, lab } = startLab({ books: 'stream' });
  const client = new LabClient(lab);
  client.subscribe(BOOK, 'book:ETH-USDT');
  await clock.advance(1_050);
  lab.faults.run([
    { atMs: 1_000, fault: { type: 'recount-books', symbol: 'BTC-USDT' } },
    { atMs: 2_000, fault: { type: 'resend-books' } },
  ]);
  await clock.advance(3_000);
  const wholes = (topic: string): (number | undefined)[] =>
    client
      .of<BookData>(topic)
      .filter(({ snapshot }) => snapshot)
      .map(({ last }) => last);
  expect(wholes(BOOK)).toEqual([expect.any(Number), 1, expect.any(Number)]);
  expect(wholes('book:ETH-USDT')).toHaveLength(2);
  expect(lab.faults.active).toEqual([]);
});

test('frames that are late keep their order, and others of the topic wait for them', async () => {
  const { clock, lab } = startLab();
  const client = new LabClient(lab);
  const punctual = new LabClient(lab);
  for (const one of [client, punctual]) one.subscribe(BOOK, 'quotes:BTC-USDT');
  await clock.advance(1_000);
  lab.faults.inject({ type: 'delay-frames', topic: BOOK, delayMs: 2_000, count: 3, connectionId: 1 });
  const before = client.of(BOOK).length;
  await clock.advance(1_900);
  expect(client.of(BOOK)).toHaveLength(before);
  expect(client.of('quotes:BTC-USDT')).toEqual(punctual.of('quotes:BTC-USDT'));
  lab.market.pause();
  await clock.advance(2_000);
  expect(client.of(BOOK)).toEqual(punctual.of(BOOK));
});

test('numbers of frames begin anew whenever they are asked for', async () => {
  const { clock, lab } = startLab();
  const client = new LabClient(lab);
  client.subscribe('quotes:BTC-USDT');
  const numbers = async (flags: number): Promise<unknown[]> => {
    client.ask({ op: 'flags', flags });
    const before = client.texts.length;
    await clock.advance(2_000);
    return client.frames.slice(before, before + 3).map(({ number }) => number);
  };
  expect(await numbers(1)).toEqual([1, 2, 3]);
  expect(await numbers(1)).toEqual([1, 2, 3]);
  expect(await numbers(0)).toEqual([undefined, undefined, undefined]);
  expect(await numbers(1)).toEqual([1, 2, 3]);
});
