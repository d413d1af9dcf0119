import type { ExchangeAdapter, TradeRow } from '../../../src/contract/index.ts';
import type { HttpResponse } from '../../../src/engine/index.ts';
import { fakeAdapter, FakeWorld, trades, type FakeSocket } from '../fake-exchange.ts';
import { row } from './told-series.ts';

const BACKFILL_MS = 2_000;

/** Trades that an answer has at most. */
const PAGE = 3;

/** The made-up exchange, whose trades are counted by one and can be asked for after any of them. */
function adapter(): ExchangeAdapter {
  const base = fakeAdapter();
  const { trades: channel } = base.channels;
  if (!channel) throw new Error('The made-up exchange has trades.');
  return {
    ...base,
    channels: { trades: { ...channel, trades: () => ({ ids: 'contiguous' }) } },
    rest: {
      ...base.rest,
      requests: { documented: 1_000, safe: 1_000, windowMs: 60_000 },
      trades: {
        request: ({ after }) => ({ path: `/trades?after=${after.id}`, weight: 1 }),
        parse: (body) => (JSON.parse(body) as string[]).map((id): TradeRow => row(id)),
        recognise: () => undefined,
        pagesBy: 'id',
        mostPerCall: PAGE,
      },
    },
  };
}

const never = (): Promise<HttpResponse> => new Promise(() => undefined);
const page = (after: number): HttpResponse => ({
  status: 200,
  headers: {},
  body: JSON.stringify(Array.from({ length: PAGE }, (_, at) => String(after + 1 + at))),
});

/** One subscription whose trades are known up to 9, and what becomes of its calls. */
class Followed {
  /** Trades as `7` or `late 7`, changes of trust as `live` or `gap 7-9 asked`. */
  readonly told: string[] = [];
  /** When was asked, and for those after which. */
  readonly asked: { readonly at: number; readonly after: number }[] = [];
  answer: (after: number) => Promise<HttpResponse> = never;

  private constructor(
    readonly world: FakeWorld,
    private readonly socket: FakeSocket,
  ) {}

  static async begin(tradeBackfillMs = BACKFILL_MS): Promise<Followed> {
    const world = new FakeWorld(adapter(), { tuning: { tradeBackfillMs } });
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const followed = new Followed(world, await world.connect());
    const { respond } = world;
    world.respond = (request) => {
      const after = /after=(\d+)/.exec(request.url)?.[1];
      if (after === undefined) return respond(request);
      followed.asked.push({ at: world.clock.monotonic(), after: Number(after) });
      return followed.answer(Number(after));
    };
    await world.clock.advance(1_000);
    followed.socket.ackAll();
    followed.comes(9);
    handle.on((event) => {
      if (event.type === 'trade') followed.told.push(`${event.backfilled ? 'late ' : ''}${event.id}`);
      if (event.type !== 'status') return;
      const { state, lost } = event;
      followed.told.push(lost ? `${state} ${lost.from}-${lost.to}${lost.asked ? ' asked' : ''}` : state);
    });
    followed.told.splice(0);
    return followed;
  }

  comes(id: number): void {
    this.socket.push({ topic: 'trades.BTCUSDT', id: String(id), price: '1' });
  }

  /** What has been told since this was last asked. */
  take(): string[] {
    return this.told.splice(0);
  }

  /** Lets time pass, in which the connection is not silent: a trade that is known comes again. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5_000) {
      this.comes(9);
      await this.world.clock.advance(Math.min(left, 5_000));
    }
  }
}

describe('calls for missed trades', () => {
  test('end at the deadline of their hole, though no answer has come', async () => {
    const followed = await Followed.begin();
    followed.comes(12);
    await followed.pass(BACKFILL_MS - 1);
    expect(followed.asked).toHaveLength(1);
    expect(followed.take()).toEqual(['gap 10-11 asked']);
    await followed.pass(1);
    expect(followed.take()).toEqual(['gap 10-11', '12', 'live']);
    followed.comes(13);
    expect(followed.take()).toEqual(['13']);
  });

  test('have one deadline for all pages of a hole', async () => {
    const followed = await Followed.begin();
    const { clock } = followed.world;
    followed.answer = (after) =>
      new Promise((resolve) => clock.after(BACKFILL_MS * 0.4, () => resolve(page(after))));
    followed.comes(100);
    await followed.pass(BACKFILL_MS);
    expect(followed.asked.map(({ after }) => after)).toEqual([9, 12, 15]);
    expect(followed.take().slice(-4)).toEqual(['late 15', 'gap 16-99', '100', 'live']);
    // What was on its way is of no use any more.
    await followed.pass(BACKFILL_MS);
    expect(followed.take()).toEqual([]);
  });

  test('end at that deadline too where the same is to be asked for again later', async () => {
    const followed = await Followed.begin();
    const begunAt = followed.world.clock.monotonic();
    followed.answer = () => Promise.resolve({ status: 200, headers: {}, body: '[]' });
    followed.comes(12);
    await followed.pass(BACKFILL_MS - 1);
    expect(followed.asked.map(({ at }) => at - begunAt)).toEqual([0, 500, 1_500]);
    expect(followed.take()).toEqual(['gap 10-11 asked']);
    await followed.pass(1);
    expect(followed.take()).toEqual(['gap 10-11', '12', 'live']);
    await followed.pass(5_000);
    expect(followed.asked).toHaveLength(3);
  });

  test('end at once where the exchange refuses', async () => {
    const followed = await Followed.begin();
    followed.answer = () => Promise.resolve({ status: 400, headers: {}, body: 'no' });
    followed.comes(12);
    await followed.pass(1);
    expect(followed.take()).toEqual(['gap 10-11 asked', 'gap 10-11', '12', 'live']);
    expect(followed.world.lifecycle.filter(({ type }) => type === 'seed-failed')).toHaveLength(1);
  });

  test('are made for 20 holes a minute, and further ones are told and left open', async () => {
    const followed = await Followed.begin();
    followed.answer = (after) => Promise.resolve(page(after));
    let id = 9;
    for (let hole = 0; hole < 20; hole++) {
      followed.comes((id += 2));
      await followed.pass(1_000);
      expect(followed.take().at(-1)).toMatch('live');
    }
    expect(followed.asked).toHaveLength(20);
    followed.comes((id += 2));
    expect(followed.take()).toEqual([`gap ${id - 1}-${id - 1}`, 'live', String(id)]);
    await followed.pass(1_000);
    expect(followed.asked).toHaveLength(20);
    // A minute after the first one, one more may be asked for.
    await followed.pass(40_000);
    followed.comes(id + 2);
    await followed.pass(1);
    expect(followed.asked).toHaveLength(21);
  });

  test('end after 20 pages', async () => {
    const followed = await Followed.begin();
    followed.answer = (after) => Promise.resolve(page(after));
    followed.comes(1_000);
    await followed.pass(BACKFILL_MS);
    expect(followed.asked).toHaveLength(20);
    const last = 9 + 20 * PAGE;
    expect(followed.take().slice(-4)).toEqual([`late ${last}`, `gap ${last + 1}-999`, '1000', 'live']);
  });

  test('end where the stream brings what they ask for', async () => {
    const followed = await Followed.begin();
    const { clock } = followed.world;
    followed.answer = (after) => new Promise((resolve) => clock.after(1_000, () => resolve(page(after))));
    followed.comes(11);
    await followed.pass(500);
    followed.comes(10);
    expect(followed.take()).toEqual(['gap 10-10 asked', '10', '11', 'live']);
    await followed.pass(BACKFILL_MS);
    expect(followed.take()).toEqual([]);
    expect(followed.asked).toHaveLength(1);
  });

  test('that have ended say nothing of the next hole', async () => {
    const followed = await Followed.begin();
    followed.comes(11);
    await followed.pass(BACKFILL_MS / 2);
    followed.comes(10);
    followed.comes(13);
    followed.take();
    // The first one would have failed by now.
    await followed.pass(BACKFILL_MS - 1);
    expect(followed.take()).toEqual([]);
    await followed.pass(1);
    expect(followed.take()).toEqual(['gap 12-12', '13', 'live']);
  });

  test.each([
    ['for an answer', never],
    ['to ask again', (): Promise<HttpResponse> => Promise.resolve({ status: 200, headers: {}, body: '[]' })],
  ])('leave nothing behind when all is closed while they wait %s', async (_, answer) => {
    const followed = await Followed.begin(15_000);
    const { clock, stream } = followed.world;
    followed.answer = answer;
    followed.comes(12);
    await followed.pass(100);
    expect(followed.asked).toHaveLength(1);
    const closed = stream.close();
    await clock.advance(10_000);
    await closed;
    expect(followed.asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('wait as long as the exchange wants to be left alone, where that is in time', async () => {
    const followed = await Followed.begin(15_000);
    const begunAt = followed.world.clock.monotonic();
    followed.answer = (after) =>
      Promise.resolve(
        followed.asked.length === 1
          ? { status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }
          : page(after),
      );
    followed.comes(12);
    await followed.pass(15_000);
    expect(followed.asked.map(({ at }) => at >= begunAt + 7_000)).toEqual([false, true]);
    expect(followed.take()).toEqual(['gap 10-11 asked', 'late 10', 'late 11', '12', 'live']);
  });

  test('are given up where the exchange wants to be left alone for longer', async () => {
    const followed = await Followed.begin();
    followed.answer = () =>
      Promise.resolve({ status: 429, headers: { 'retry-after': '60' }, body: 'slow down' });
    followed.comes(12);
    await followed.pass(BACKFILL_MS);
    expect(followed.take()).toEqual(['gap 10-11 asked', 'gap 10-11', '12', 'live']);
    const failures = followed.world.lifecycle.filter(({ type }) => type === 'seed-failed');
    expect(failures).toHaveLength(1);
    followed.comes(14);
    await followed.pass(BACKFILL_MS);
    expect(followed.take()).toEqual(['gap 13-13 asked', 'gap 13-13', '14', 'live']);
    expect(followed.asked).toHaveLength(1);
  });

  test('are not made where no time is left to trades that wait', async () => {
    const followed = await Followed.begin(0);
    followed.comes(12);
    expect(followed.take()).toEqual(['gap 10-11', 'live', '12']);
    await followed.pass(BACKFILL_MS);
    expect(followed.asked).toEqual([]);
  });
});
