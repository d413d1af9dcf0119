import { readLines } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';

const TOPICS = ['book', 'trade', 'ticker'].map((feed) => `${feed}:PI_XBTUSD`);

/** What a session makes of a frame, where everything of its product is wanted. */
function told(frame: string): string[] {
  const sink = new RecordingSink(...TOPICS);
  const session = krakenFutures().createSession({
    endpoint: 'public',
    url: 'wss://x.test/ws/v1',
    nextId: () => 1,
  });
  session.subscribe(TOPICS);
  session.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls.map(([method, detail]) => (method === 'ignored' ? `ignored: ${String(detail)}` : method));
}

const samples = (readLines('nautilus/kraken/ws.jsonl') ?? [])
  .map((line) => JSON.parse(line) as { name: string; frame: unknown })
  .filter(({ name }) => name.startsWith('ws_futures_'))
  .map(({ name, frame }) => ({
    name: name.replace(/^ws_futures_|\.json$/g, ''),
    frame: typeof frame === 'string' ? frame : JSON.stringify(frame),
  }));

describe('frames that others have written down', () => {
  (samples.length > 0 ? it : it.skip)('are what they say, or of an account and ignored by name', () => {
    expect(Object.fromEntries(samples.map(({ name, frame }) => [name, told(frame)]))).toEqual({
      book_delta: ['bookUpdate'],
      book_snapshot: ['bookSnapshot'],
      book_snapshot_with_zero_qty: ['bookSnapshot'],
      ticker: ['ticker', 'quote', 'derivatives'],
      trade: ['trade'],
      trade_snapshot: ['recentTrades'],
      fills_delta: ['ignored: fills'],
      fills_snapshot: ['ignored: fills_snapshot'],
      open_orders_cancel: ['ignored: open_orders'],
      open_orders_cancel_post_only: ['ignored: open_orders'],
      open_orders_delta: ['ignored: open_orders'],
      open_orders_delta_full_fill: ['ignored: open_orders'],
      open_orders_snapshot: ['ignored: open_orders_snapshot'],
    });
  });
});
