import assert from 'node:assert/strict';
import type { TypedChannel } from '@exchange-stream/market-data';
import type { AcceptanceCard } from '../card.ts';
import type { Stage } from '../stage/stage.ts';
import type { Declared } from '../subject.ts';

const MINUTE = 60_000;

/** Channels that always have something to tell. */
const STEADY: readonly TypedChannel[] = ['book', 'ticker', 'quotes', 'derivatives', 'options'];

/** Asking for topics, and giving them back. */
export const SUBSCRIPTIONS: readonly AcceptanceCard[] = [
  {
    number: 11,
    name: 'subscribe: every channel with every value of every parameter, of every instrument that has it',
    async play(stage: Stage, declared: Declared): Promise<void> {
      const followed = declared.instruments.flatMap((instrument) =>
        Object.entries(declared.adapter.channels).flatMap(([channel, declaration]) =>
          declared.isOf(declaration, instrument)
            ? declared
                .variants(declaration, instrument)
                .map((params) => stage.follow(channel as TypedChannel, params, instrument))
            : [],
        ),
      );
      await stage.until(
        'everything is subscribed, and live where there is always something to tell',
        () =>
          followed.every(({ handle, isLive, request }) =>
            STEADY.includes(request.channel as TypedChannel) ? isLive : handle.view().state === 'subscribed',
          ),
        3 * MINUTE,
      );
      stage.expectAllRead();
    },
  },
  {
    number: 12,
    name: 'reject: what the exchange refuses fails with its words, and everything else goes on',
    async play(stage: Stage, declared: Declared): Promise<void> {
      const [book, ...others] = stage.followUsual();
      await stage.untilLive();
      assert.ok(book, 'there are no channels');
      stage.inject({ type: 'refuse-subscriptions', forMs: MINUTE });
      const refused = streamsCandles(declared)
        ? stage.follow('candles')
        : stage.follow('trades', {}, declared.instruments[1]);
      await stage.until('it has failed', () => refused.handle.view().state === 'failed', MINUTE);
      assert.equal(refused.handle.view().failure, 'rejected');
      assert.ok(refused.handle.view().reason.length > 0, 'it does not say why');
      for (const each of [book, ...others]) assert.ok(each.isLive, 'others were disturbed');
    },
    exempt: (declared: Declared): string | undefined =>
      streamsCandles(declared) || (declared.channel('trades') && declared.instruments.length > 1)
        ? undefined
        : 'nothing to ask for besides',
  },
  {
    number: 13,
    name: 'partial reject: of several topics that are asked for together, one that is refused takes no other down',
    async play(stage: Stage): Promise<void> {
      const first = stage.follow('trades');
      await stage.untilLive();
      const { topic } = first;
      stage.inject({ type: 'cut' });
      stage.inject({ type: 'refuse-subscriptions', topic, count: 10 });
      const others = stage.followUsual().filter(({ request }) => request.channel !== 'trades');
      await stage.untilLive(others, 2 * MINUTE);
      await stage.until('it has failed', () => first.handle.view().state === 'failed', MINUTE);
    },
    exempt: (declared: Declared): string | undefined =>
      declared.channel('trades') ? undefined : 'no trades',
  },
  {
    number: 14,
    name: 'ack lost: what is not answered is asked for again',
    async play(stage: Stage): Promise<void> {
      stage.inject({ type: 'lose-ack', count: 1 });
      stage.followUsual();
      await stage.untilLive(undefined, 2 * MINUTE);
    },
  },
  {
    number: 15,
    name: 'ack twice, late or of another request: it is taken for what it is',
    async play(stage: Stage): Promise<void> {
      stage.inject({ type: 'repeat-ack', count: 1 });
      const followed = stage.followUsual();
      await stage.untilLive(undefined, MINUTE);
      stage.inject({ type: 'delay-ack', delayMs: 3_000, count: 2 });
      stage.inject({ type: 'cut' });
      await stage.pass(1_000);
      await stage.untilLive(undefined, MINUTE);
      assert.ok(followed.every(({ handle }) => handle.view().state === 'subscribed'));
    },
  },
  {
    number: 16,
    name: 'unsubscribe: what nobody wants is given back, and can be had again',
    async play(stage: Stage): Promise<void> {
      const trades = stage.follow('trades');
      stage.follow('book');
      await stage.untilLive();
      const { topic } = trades;
      const isSent = (): boolean =>
        [...stage.exchange.connections].some(({ subscriptions }) => subscriptions.has(topic));
      assert.ok(isSent(), `the exchange does not know ${topic}`);
      void trades.handle.unsubscribe();
      await stage.until('it is given back', () => !isSent());
      const { events } = trades;
      await stage.pass(5_000);
      assert.equal(trades.events, events, 'something came after the release');
      const again = stage.follow('trades');
      await stage.untilLive([again]);
    },
    exempt: (declared: Declared): string | undefined =>
      declared.channel('trades') && declared.channel('book') ? undefined : 'no trades beside books',
  },
  {
    number: 17,
    name: 'resubscribe pacing: everything is asked for again at once without breaking a limit',
    async play(stage: Stage, declared: Declared): Promise<void> {
      for (const instrument of declared.instruments)
        for (const channel of ['book', 'trades', 'ticker', 'quotes', 'candles'] as const) {
          const declaration = declared.adapter.channels[channel];
          if (declaration && declared.isOf(declaration, instrument)) stage.follow(channel, {}, instrument);
        }
      const isServed = (): boolean =>
        stage.stream.subscriptions().every(({ state }) => state === 'subscribed');
      await stage.until('everything is subscribed', isServed, 2 * MINUTE);
      for (let time = 0; time < 3; time++) {
        stage.inject({ type: 'cut' });
        await stage.pass(2_000);
        await stage.until('everything is subscribed again', isServed, 3 * MINUTE);
      }
    },
  },
  {
    number: 18,
    name: 'stale symbol: a topic that falls silent while its market moves is told stale, asked for again, and live',
    stage: { activity: 3 },
    async play(stage: Stage, declared: Declared): Promise<void> {
      const [trades, silent] = [stage.follow('trades'), stage.follow(promised(declared) ?? 'ticker')];
      await stage.untilLive();
      const { topic } = silent;
      stage.inject({ type: 'stall', topic, forMs: 40_000 });
      await stage.until('it is stale', () => silent.states.includes('stale'), MINUTE);
      assert.ok(trades.isLive, 'the living topic was taken for dead');
      await stage.untilLive(undefined, 2 * MINUTE);
    },
    exempt: (declared: Declared): string | undefined =>
      promised(declared) && declared.channel('trades') ? undefined : 'promises no cadence',
  },
];

/** A channel of which it is known how soon a row comes while the market moves. */
function promised(declared: Declared): 'quotes' | 'ticker' | undefined {
  return (['quotes', 'ticker'] as const).find((name) => {
    const declaration = declared.channel(name);
    const [instrument] = declared.instruments;
    return declaration?.cadence?.(declared.plainest(declaration, instrument))?.everyMs !== undefined;
  });
}

function streamsCandles(declared: Declared): boolean {
  return (declared.channel('candles')?.params.interval?.values ?? []).length > 0;
}
