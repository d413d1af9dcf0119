import type { MarketEvent } from '@exchange-stream/market-data';
import { Replay } from '../../../src/engine/index.ts';
import { bare, valuedAdapter, type Rows } from './valued-exchange.ts';

const adapter = {
  ...valuedAdapter(),
  describeTopic: (topic: string) => ({
    channel: 'ticker' as const,
    nativeSymbol: topic.replace('values.', ''),
    params: {},
  }),
};

test('a recorded topic of several channels is read as all of them', () => {
  const events: MarketEvent[] = [];
  const replay = new Replay(adapter, { onEvent: (event) => void events.push(event) });
  const receive = (rows: Rows): void =>
    replay.read({
      kind: 'recv',
      time: 1_700_000_000_000,
      frame: Buffer.from(JSON.stringify(rows)),
      binary: false,
    });
  replay.read({ kind: 'connect', time: 1_700_000_000_000, url: 'wss://one.test/stream' });
  receive({ topic: 'values.BTCUSDT', ticker: { last: '5' }, derivatives: { markPrice: '6' } });
  receive({ topic: 'values.BTCUSDT', derivatives: { fundingRate: '0.1' }, option: { delta: '0.5' } });
  expect(events.filter(({ type }) => type !== 'status').map(bare)).toEqual([
    { type: 'ticker', exchangeTime: undefined, last: '5' },
    { type: 'derivatives', exchangeTime: undefined, markPrice: '6' },
    { type: 'derivatives', exchangeTime: undefined, markPrice: '6', fundingRate: '0.1' },
    { type: 'option', exchangeTime: undefined, delta: '0.5' },
  ]);
  expect(replay.report()).toMatchObject({ events: { ticker: 1, derivatives: 2, options: 1 }, ok: true });
});
