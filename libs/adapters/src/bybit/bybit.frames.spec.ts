import { readLines } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { bybit } from './bybit.adapter.ts';

/** A recorded or documented frame, and where it stands. */
interface Frame {
  readonly name: string;
  readonly frame: string;
}

/** What is told of a frame whose topic is wanted: calls by name, and what is ignored by the name that it bears. */
function told({ frame }: Frame, endpoint: string): string {
  const { topic } = JSON.parse(frame) as { topic?: string };
  // Of a topic of another protocol or of an account nobody can be a subscriber here.
  const isOurs = topic !== undefined && bybit().describeTopic(topic, endpoint) !== undefined;
  const sink = new RecordingSink(...(isOurs ? [topic] : []));
  const session = bybit().createSession({ endpoint, url: 'wss://bybit.test', nextId: () => 1 });
  session.onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls.map(([call, name]) => (call === 'ignored' ? String(name) : call)).join(' + ');
}

const table = (frames: readonly Frame[], endpointOf: (frame: Frame) => string): string[] =>
  frames.map((frame) => `${frame.name}: ${told(frame, endpointOf(frame))}`);

const recorded = (frames: readonly Frame[]): jest.It => (frames.length > 0 ? it : it.skip);

/** The category of a frame, by its topic. */
function categoryOf({ frame }: Frame): string {
  const { topic = '' } = JSON.parse(frame) as { topic?: string };
  if (topic === 'system.status') return 'status';
  if (/-[CP]$/.test(topic)) return 'option';
  return /\.BTCUSD$/.test(topic) ? 'inverse' : 'linear';
}

describe('documented and recorded samples of Bybit', () => {
  const samples = (readLines('../protocols/samples-A.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { venue: string; channel: string; frame: unknown })
    .filter(({ venue }) => venue.startsWith('bybit'))
    .map(({ venue, channel, frame }) => ({ name: `${venue} ${channel}`, frame: JSON.stringify(frame) }));

  recorded(samples)('of the first collection are events, answers, refusals, or ignored by name', () => {
    const endpointOf = (sample: Frame): string =>
      sample.name.startsWith('bybit.spot') ? 'spot' : categoryOf(sample);
    expect(table(samples, endpointOf)).toEqual([
      'bybit execution: execution',
      'bybit execution ADL: execution',
      'bybit execution.fast: execution.fast',
      'bybit order: order',
      'bybit order filled: order',
      'bybit position: position',
      'bybit wallet: wallet',
      'bybit auth ok: auth',
      'bybit auth failure: auth',
      'bybit order.create response: order.create',
      'bybit subscribe ack: reply',
      'bybit subscribe failure: rejected',
      'bybit tickers option: ticker + quote without a bid or an ask + option',
      'bybit kline: candle',
      'bybit.linear tickers snapshot: ticker + derivatives',
      'bybit.linear tickers delta: tickerUpdate',
      'bybit.linear ack subscribe: answer to no known request',
      'bybit.linear orderbook snapshot: bookSnapshot',
      'bybit.linear orderbook delta: bookUpdate',
      'bybit.linear kline snapshot: candle',
      'bybit.linear publicTrade snapshot: trade',
      'bybit.spot ack subscribe: answer to no known request',
      'bybit.spot tickers snapshot: ticker',
      'bybit.spot orderbook snapshot: bookSnapshot',
      'bybit.spot orderbook delta: bookUpdate',
      'bybit.spot kline snapshot: candle',
      'bybit.spot publicTrade snapshot: trade',
      'bybit orderbook.50.BTCUSDT: bookSnapshot',
      'bybit orderbook.50.BTCUSDT: bookUpdate',
      'bybit publicTrade.BTCUSDT: trade',
      'bybit kline.5.BTCUSDT: candle',
      'bybit allLiquidation.ROSEUSDT: liquidation',
      'bybit orderbook.full.MNTUSDT: orderbook.full',
      'bybit system.status: platformStatus',
    ]);
  });

  const frames = (readLines('nautilus/bybit/ws.jsonl') ?? [])
    .map((line) => JSON.parse(line) as Frame)
    .filter(({ name }) => !name.startsWith('ws_account'));

  recorded(frames)('of the second are, too', () => {
    expect(table(frames, categoryOf)).toEqual([
      'ws_auth_failure.json: auth',
      'ws_auth_success.json: auth',
      'ws_kline.json: candle',
      'ws_order_response.json: order.create',
      'ws_orderbook_delta.json: change of a best level',
      'ws_orderbook_snapshot.json: bookSnapshot + quote',
      'ws_public_trade.json: retired: trade',
      'ws_subscription_ack.json: reply',
      'ws_subscription_failure.json: rejected',
      'ws_ticker_linear.json: ticker + derivatives',
      'ws_ticker_option.json: ticker + quote without a bid or an ask + option',
    ]);
  });

  const runs = [
    ...['acks_and_auth_responses', 'orderbook_delta_wemixusdt', 'private_op_frames', 'push_data_mixed'],
    ...['websocket_order_response', 'ws_auth', 'ws_ticker'],
  ].flatMap((name) => (readLines(`gct/bybit/${name}.jsonl`) ?? []).map((frame) => ({ name, frame })));

  recorded(runs)('of the third are, too', () => {
    expect(table(runs, categoryOf)).toEqual([
      'acks_and_auth_responses: reply',
      'acks_and_auth_responses: reply',
      'acks_and_auth_responses: auth',
      'acks_and_auth_responses: auth',
      'orderbook_delta_wemixusdt: bookSnapshot',
      'orderbook_delta_wemixusdt: bookUpdate',
      'private_op_frames: pong',
      // Made up, to be known by nobody.
      'private_op_frames: unhandled',
      'push_data_mixed: bookSnapshot',
      'push_data_mixed: bookUpdate',
      'push_data_mixed: trade',
      'push_data_mixed: candle',
      'push_data_mixed: retired: liquidation',
      'push_data_mixed: retired: kline_lt',
      'push_data_mixed: retired: tickers_lt',
      'push_data_mixed: retired: lt',
      'push_data_mixed: pong',
      'websocket_order_response: order',
      'ws_auth: position',
      'ws_auth: wallet',
      'ws_auth: greeks',
      'ws_auth: execution',
      'ws_auth: order',
      'ws_auth: wallet',
      // Spot: it has nothing that a derivative is valued at.
      'ws_ticker: ticker',
      'ws_ticker: ticker + quote + option',
      'ws_ticker: ticker + derivatives',
      'ws_ticker: tickerUpdate + derivatives',
      'ws_ticker: ticker + derivatives',
      'ws_ticker: tickerUpdate',
      'ws_ticker: ticker + derivatives',
      'ws_ticker: tickerUpdate',
    ]);
  });
});
