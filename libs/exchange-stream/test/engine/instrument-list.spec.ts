import type { ExchangeAdapter } from '../../src/contract/index.ts';
import type { HttpResponse } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter } from './fake-exchange.ts';

/** By part and cursor, what an exchange has and where it goes on. */
type Pages = Readonly<Record<string, { readonly symbols: readonly string[]; readonly next?: string }>>;

const PAGES: Pages = {
  'spot ': { symbols: ['BTC/USDT'] },
  'linear ': { symbols: ['BTC/USDC'], next: 'a&b' },
  'linear a&b': { symbols: ['ETH/USDC'], next: 'c' },
  'linear c': { symbols: ['SOL/USDC'] },
};

function pagedAdapter(): ExchangeAdapter {
  const adapter = fakeAdapter();
  const { instruments } = adapter.rest;
  return {
    ...adapter,
    rest: {
      ...adapter.rest,
      instruments: {
        parts: ['spot', 'linear'],
        request: (query) => ({
          path: `/instruments?part=${query?.part}&cursor=${encodeURIComponent(query?.cursor ?? '')}`,
          weight: 1,
        }),
        parse: (body, query, reject) =>
          instruments.parse(JSON.stringify((JSON.parse(body) as Pages[string]).symbols), query, reject),
        nextPage: (body) => (JSON.parse(body) as Pages[string]).next,
        recognise: instruments.recognise,
      },
    },
  };
}

/** A world whose exchange has these pages, and what it was asked for. */
function worldOf(pages: (place: string) => Pages[string] | undefined): { world: FakeWorld; asked: string[] } {
  const asked: string[] = [];
  const world = new FakeWorld(pagedAdapter());
  world.respond = ({ url }): Promise<HttpResponse> => {
    const { searchParams } = new URL(url);
    const place = `${searchParams.get('part')} ${searchParams.get('cursor')}`;
    asked.push(place);
    const page = pages(place);
    return Promise.resolve({ status: page ? 200 : 400, headers: {}, body: JSON.stringify(page ?? {}) });
  };
  return { world, asked };
}

const listed = (world: FakeWorld): string[] =>
  world.stream
    .manager('fake')
    .instruments.list()
    .map(({ symbol }) => symbol);

/** Long enough for many answers, none of which takes any time. */
async function answered(world: FakeWorld): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await world.clock.advance(0);
}

describe('a list of instruments that no single call has', () => {
  test('is asked for part by part and page by page', async () => {
    const { world, asked } = worldOf((place) => PAGES[place]);
    world.stream.start();
    await answered(world);
    expect(asked).toEqual(Object.keys(PAGES));
    const symbols = listed(world);
    expect(symbols).toEqual(['BTC/USDT', 'BTC/USDC', 'ETH/USDC', 'SOL/USDC']);
    await world.stream.close();
    expect(world.clock.pending).toBe(0);
  });

  test('is none without one of its pages: what was known stays', async () => {
    let isBroken = false;
    const { world } = worldOf((place) => (isBroken && place === 'linear c' ? undefined : PAGES[place]));
    world.stream.start();
    await world.clock.advance(0);
    await answered(world);
    isBroken = true;
    // Twice lacking, an instrument would be gone.
    await world.clock.advance(3 * 3_600_000);
    expect(world.lifecycle).toContainEqual(expect.objectContaining({ type: 'instruments-failed' }));
    expect(listed(world)).toHaveLength(4);
    await world.stream.close();
  });

  test('whose pages never end is given up', async () => {
    const { world, asked } = worldOf(() => ({ symbols: ['BTC/USDT'], next: 'again' }));
    world.stream.start();
    await answered(world);
    const failed = world.lifecycle.find(({ type }) => type === 'instruments-failed');
    expect(failed).toMatchObject({ error: { message: expect.stringContaining('no end') as string } });
    expect(asked).toHaveLength(100);
    await world.stream.close();
  });
});
