import { readLines } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';
import { plainTopicOf, topicOf } from './okx.args.ts';
import { describeTopic } from './okx.topics.ts';

/** A frame that somebody wrote down, and where from. */
interface Sample {
  readonly source: string;
  readonly frame: string;
}

/** What a session makes of one whose topic is wanted, where a channel of ours is made of it. */
function told({ frame }: Sample): string[] {
  const { arg } = JSON.parse(frame) as { arg?: Record<string, unknown> };
  const topic = (arg && plainTopicOf(arg)) ?? topicOf(arg);
  const wanted = topic !== undefined && describeTopic(topic) !== undefined ? [topic] : [];
  const sink = new RecordingSink(...wanted);
  const session = okx().createSession({
    endpoint: 'public',
    url: 'wss://ws.okx.com/ws/v5/public',
    nextId: () => '1',
  });
  session.subscribe(wanted);
  session.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls.map(([method, detail]) => (method === 'ignored' ? `ignored: ${String(detail)}` : method));
}

/** The frame as it was on the wire, of a sample that is one: single rows in an array have lost their envelope. */
function frameOf(channel: string, sample: unknown): string {
  const text = typeof sample === 'string' ? sample : JSON.stringify(sample);
  if (!text.startsWith('[')) return text;
  return `{"arg":{"channel":"${channel}","instFamily":"BTC-USD"},"data":${text}}`;
}

const gct = [
  'books5_snapshot_okb',
  'books_seqid_handwritten',
  'candles',
  'push_data_dynamic',
  'push_data_mixed',
]
  .concat('push_data_spread', 'ws_all_trades', 'ws_orders')
  .map((name) => `gct/okx/${name}.jsonl`)
  .concat(
    'gct/historic_okcoin_v5/books_checksum_btc_usd.jsonl',
    'gct/historic_okcoin_v5/push_data_mixed.jsonl',
  )
  .concat('depth_checksum_btc_usdt', 'depth_checksum_eos_usdt_partial', 'depth_checksum_waves_btc')
  .map((path) => (path.includes('/') ? path : `gct/historic_okex_v3/${path}.jsonl`));

const samples: Sample[] = [
  ...gct.flatMap((source) => (readLines(source) ?? []).map((frame) => ({ source, frame }))),
  ...(readLines('nautilus/okx/ws.jsonl') ?? []).map((line) => {
    const { name, frame } = JSON.parse(line) as { name: string; frame: unknown };
    return { source: `nautilus/okx ${name}`, frame: frameOf('opt-summary', frame) };
  }),
  ...(readLines('../protocols/samples-A.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { venue: string; channel: string; source: string; frame: unknown })
    .filter(({ venue }) => venue === 'okx')
    .map(({ channel, source, frame }) => ({ source, frame: frameOf(channel, frame) })),
];

/** What each channel comes to, where it is an event of ours. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  trades: ['trade'],
  tickers: ['ticker'],
  'bbo-tbt': ['quote'],
  books: ['bookSnapshot', 'bookUpdate'],
  books5: ['bookSnapshot'],
  candle1D: ['candle'],
  candle1m: ['candle'],
  'mark-price': ['derivatives', 'option'],
  'index-tickers': ['derivatives', 'option'],
  'funding-rate': ['derivatives'],
  'open-interest': ['derivatives', 'option'],
  'opt-summary': ['option'],
  status: ['platformStatus'],
  'liquidation-orders': ['ignored: liquidations of the past'],
};

/** What a frame comes to, whatever its channel. */
function expected({ frame }: Sample): readonly string[] {
  const message = JSON.parse(frame) as Record<string, unknown>;
  const { channel } = (message.arg ?? {}) as { channel?: string };
  // Written by hand, with a bid at a price of zero.
  if (frame.includes('"bids":[["0","1","0","1"]]')) return ['rejected'];
  if (message.table !== undefined) return ['ignored: OKEx v3, retired'];
  if (message.event === 'subscribe') return ['ignored: subscribe not asked for'];
  if (message.event === 'error') return ['rejected'];
  // It says `args` where it should say `channel`.
  if (channel === undefined) return ['ignored: data without a channel'];
  // Asked for by the underlying, as OKX takes it no more.
  if (channel === 'opt-summary' && 'uly' in (message.arg as object)) return ['ignored: unsubscribed topic'];
  return EVENTS[channel] ?? [`ignored: ${channel}`];
}

describe('frames that others have written down', () => {
  (samples.length > 0 ? test : test.skip)('are an event each, or ignored by name', () => {
    const unlike = samples
      .map((sample) => ({ sample, calls: told(sample) }))
      .filter(
        ({ sample, calls }) => calls.length === 0 || !calls.every((call) => expected(sample).includes(call)),
      )
      .map(({ sample: { source, frame }, calls }) => ({ source, frame: frame.slice(0, 200), calls }));
    expect(unlike).toEqual([]);
    expect(samples).toHaveLength(124);
  });
});
