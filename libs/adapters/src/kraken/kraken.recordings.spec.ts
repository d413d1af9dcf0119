import { readLines } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { kraken } from './kraken.adapter.ts';

/** A frame that somebody wrote down, and where from. */
interface Sample {
  readonly source: string;
  readonly frame: string;
}

const TOPICS = ['book', 'trade', 'ticker']
  .map((channel) => `${channel}:BTC/USD`)
  .concat('ohlc:BTC/USD?interval=1');

/** What a session makes of one, where everything of its pair is wanted. */
function told({ frame }: Sample): string[] {
  const sink = new RecordingSink(...TOPICS);
  const session = kraken().createSession({
    endpoint: 'public',
    url: 'wss://ws.kraken.com/v2',
    nextId: () => 1_000,
  });
  session.subscribe(TOPICS);
  session.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls.map(([method, detail]) => (method === 'ignored' ? `ignored: ${String(detail)}` : method));
}

const named = (readLines('nautilus/kraken/ws.jsonl') ?? [])
  .map((line) => JSON.parse(line) as { name: string; frame: unknown })
  .map(({ name, frame }) => ({
    source: name.replace(/^ws_|\.json$/g, ''),
    frame: typeof frame === 'string' ? frame : JSON.stringify(frame),
  }))
  // Of another adapter, and what a client sends.
  .filter(({ source }) => !source.startsWith('futures_') && !source.endsWith('_request'));

const gct: Sample[] = ['book10_checksum_gsteur', 'book10_checksum_lunaeur', 'book10_checksum_xdgusd']
  .concat('subscription_status', 'ws_all_trades', 'ws_handle_data', 'ws_open_trades')
  .flatMap((source) =>
    (readLines(`gct/kraken/${source}.jsonl`) ?? []).map((frame) => ({ source: `gct ${source}`, frame })),
  );

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  book_snapshot: ['bookSnapshot'],
  book_update: ['bookUpdate'],
  ticker_snapshot: ['ticker'],
  trade_update: ['trade', 'trade'],
  ohlc_update: ['candle'],
  pong: ['pong', 'reply'],
  subscribe_response: ['reply'],
  // Of books by order, which want a token.
  l3_snapshot: ['ignored: level3'],
  l3_update_add: ['ignored: level3'],
  l3_update_delete: ['ignored: level3'],
  l3_update_modify_price: ['ignored: level3'],
  l3_update_modify_qty: ['ignored: level3'],
  // Answers to orders, for whoever has asked by their ids.
  add_order_response_failure: ['reply'],
  add_order_response_success: ['reply'],
  batch_add_response_partial: ['reply'],
};

describe('frames that others have written down', () => {
  (named.length > 0 ? it : it.skip)('of v2 are what they say, or ignored by name', () => {
    expect(Object.fromEntries(named.map((sample) => [sample.source, told(sample)]))).toEqual(EXPECTED);
  });

  (gct.length > 0 ? it : it.skip)('of v1 are named as retired, each of them', () => {
    expect(gct).toHaveLength(40);
    expect(new Set(gct.flatMap(told))).toEqual(new Set(['ignored: Kraken v1, retired']));
  });
});
