import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

const MIB = 1024 * 1024;

/** Bytes that a socket takes in one frame, where the endpoint says how large its frames may be. */
async function taken(largestFrameBytes?: number, maxFrameBytes?: number): Promise<number> {
  const adapter = fakeAdapter();
  const { public: endpoint } = adapter.endpoints;
  const world = new FakeWorld(
    {
      ...adapter,
      endpoints: { public: { ...endpoint!, ...(largestFrameBytes !== undefined && { largestFrameBytes }) } },
    },
    {
      subscriptions: [trades('BTC/USDT')],
      ...(maxFrameBytes !== undefined && { tuning: { maxFrameBytes } }),
    },
  );
  const { options } = await world.connect();
  await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  return options.maxFrameBytes;
}

describe('the largest frame that a socket takes', () => {
  test('is what users set, or the largest that its endpoint sends', async () => {
    expect(await taken()).toBe(8 * MIB);
    expect(await taken(16 * MIB)).toBe(16 * MIB);
    expect(await taken(16 * MIB, 32 * MIB)).toBe(32 * MIB);
    expect(await taken(undefined, MIB)).toBe(MIB);
  });
});
