import { readLines } from '../../test/captures.ts';
import { openBitfinex, receive, withChannel } from '../../test/bitfinex-session.ts';
import { topicsInFrame } from './bitfinex.topics.ts';

/** A frame that somebody wrote down, and where from. */
interface Sample {
  readonly source: string;
  readonly frame: string;
}

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'bitfinex-go': [
    ...['events', 'heartbeats', 'public-book-P0', 'public-book-R0', 'public-book-checksum', 'public-candles'],
    ...['public-status', 'public-ticker', 'public-trades'],
  ],
  'bitfinex-live-probe': ['frames'],
  'gct/bitfinex': [
    ...[
      'negative_synthetic',
      'ws_all_trades',
      'ws_candle_response',
      'ws_order_book',
      'ws_subscribed_response',
    ],
    ...['ws_funding_ticker_response_trailing_field', 'ws_funding_ticker_response_trailing_timestamp'],
    ...['ws_ticker_response', 'ws_ticker_response_trailing_field', 'ws_ticker_response_trailing_timestamp'],
  ],
};

/** Frames of accounts. */
const ACCOUNT: Readonly<Record<string, readonly string[]>> = {
  'bitfinex-go': [
    ...[
      'bu',
      'fcc',
      'fcn',
      'fcs',
      'fcu',
      'fiu',
      'flc',
      'fln',
      'fls',
      'flu',
      'foc',
      'fon',
      'fos',
      'fou',
      'fte',
    ],
    ...['ftu', 'miu', 'n', 'oc', 'on', 'os', 'ou', 'pc', 'pn', 'ps', 'pu', 'te', 'tu', 'ws', 'wu'],
  ].map((name) => `auth-${name}`),
  'gct/bitfinex': [
    ...['balance_update', 'funding_credit_snapshot_and_update', 'funding_info_update'],
    ...['funding_loan_snapshot_and_update', 'funding_offer_snapshot_and_update', 'funding_trade'],
    ...['margin_info_update', 'notifications', 'order_snapshot', 'wallet_snapshot'],
  ].map((name) => `ws_${name}`),
};

function samplesOf(folders: Readonly<Record<string, readonly string[]>>): Sample[] {
  return Object.entries(folders).flatMap(([folder, files]) =>
    files.flatMap((file) =>
      (readLines(`${folder}/${file}.jsonl`) ?? []).map((frame) => ({ source: `${folder}/${file}`, frame })),
    ),
  );
}

type Rows = readonly (readonly unknown[])[];

/** The topic that a frame is of, which it does not say itself, and what it comes to; undefined where it is no data. */
function meant({ source, frame }: Sample): readonly [topic: string, ...methods: string[]] | undefined {
  const message = JSON.parse(frame) as readonly unknown[];
  if (!Array.isArray(message)) return undefined;
  const [, content, behind] = message as readonly unknown[];
  if (content === 'cs') return ['book:P0:F0:25:tBTCUSD', 'bookUpdate'];
  if (content === 'hb') return ['trades:tBTCUSD', 'ignored'];
  if (typeof content === 'string') {
    const isFunding = content.startsWith('f');
    return [isFunding ? 'trades:fUSD' : 'trades:tBTCUSD', Array.isArray(behind) ? 'trade' : 'unhandled'];
  }
  const isList = Array.isArray((content as Rows)[0]);
  const row = (isList ? (content as Rows)[0] : content) as readonly unknown[];
  const symbol = row.length === 4 && source.includes('book') ? 'fUSD' : 'tBTCUSD';
  if (row[0] === 'pos') return ['status:liq:global', 'ignored'];
  if (row.length > 20) return ['status:deriv:tBTCF0:USTF0', 'derivatives'];
  if (row.length >= 16) return ['ticker:fUSD', 'ticker'];
  // Synthetic, with twelve numbers of which no two mean anything.
  if (row.length >= 10) return ['ticker:tBTCUSD', 'ticker'];
  if (row.length === 6) return ['candles:trade:1m:tBTCUSD', 'candle'];
  if (row.length === 4 && symbol !== 'fUSD') return ['trades:tBTCUSD', isList ? 'recentTrades' : 'trade'];
  const isOfOrders = source.includes('R0') || source.includes('ws_order_book');
  const kind = isOfOrders ? 'bookOrders' : 'book';
  // A list is a snapshot; one row by itself is a change.
  return [`book:${isOfOrders ? 'R0' : 'P0:F0'}:25:${symbol}`, `${kind}${isList ? 'Snapshot' : 'Update'}`];
}

describe('frames that others have written down', () => {
  const samples = samplesOf(FOLDERS);
  const data = samples.flatMap((sample) => {
    const expected = meant(sample);
    return expected ? [{ sample, expected }] : [];
  });

  (samples.length > 0 ? it : it.skip)('are rows of the channel that they are of, or ignored by name', () => {
    const unlike = data
      .map(({ sample, expected: [topic, method] }) => {
        const [chanId = 0] = JSON.parse(sample.frame) as number[];
        const session = withChannel(topic, chanId);
        const calls = receive(sample.frame, [topic], session);
        return { ...sample, topic, method, calls };
      })
      .filter(({ calls, method }) => calls.length === 0 || !calls.every(([called]) => called === method))
      .map(({ source, frame, calls }) => ({ source, frame: frame.slice(0, 200), calls }));
    expect(unlike).toEqual([]);
    expect(data.length).toBe(65);
  });

  (samples.length > 0 ? it : it.skip)('are events of the connection', () => {
    const told = samples
      .filter((sample) => meant(sample) === undefined)
      .map(({ frame }) => receive(frame, [], openBitfinex()).map(([method]) => method));
    expect(told).toHaveLength(20);
    for (const methods of told)
      expect(['ignored', 'reply', 'framesCountFrom,reply', 'rejected']).toContain(methods.join());
  });

  const account = samplesOf(ACCOUNT);
  (account.length > 0 ? it : it.skip)('are of an account, which is ignored by name', () => {
    expect(account.length).toBe(85);
    for (const { frame } of account)
      expect(receive(frame, [], openBitfinex({}, 'private'))).toEqual([['ignored', 'account']]);
  });

  const requests = readLines('bitfinex-go/outgoing-requests.jsonl') ?? [];
  (requests.length > 0 ? it : it.skip)('are requests, of which the topics are found', () => {
    expect([...new Set(requests.flatMap(topicsInFrame))].sort()).toEqual([
      ...['book:P0:F0:25:tBTCUSD', 'ticker:tBTCUSD', 'trades:tBTCUSD'],
    ]);
  });
});
