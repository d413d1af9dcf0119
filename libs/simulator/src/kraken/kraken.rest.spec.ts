import { VirtualClock } from '@exchange-stream/market-data';
import { rest, restBody } from '../../test/recording-client.ts';
import { KrakenExchange } from './kraken.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);

interface Body<T> {
  readonly error: readonly string[];
  readonly result?: Readonly<Record<string, T>>;
}

describe('REST of simulated Kraken', () => {
  let clock: VirtualClock;
  let exchange: KrakenExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = new KrakenExchange({
      clock,
      market: {
        symbols: ['BTC/USD', 'DOGE/USD', 'XMR/USD', 'BTC/USDT'],
        startTime: START - 800 * 60_000,
        depthLevels: 12,
        activity: 0.1,
      },
    });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  const ask = <T>(target: string): Body<T> => restBody<Body<T>>(exchange, `/0/public/${target}`);

  it('names pairs as the first version did', () => {
    const pairs = ask<Record<string, unknown>>('AssetPairs').result!;
    expect(pairs['XXBTZUSD']).toMatchObject({
      altname: 'XBTUSD',
      wsname: 'XBT/USD',
      base: 'XXBT',
      quote: 'ZUSD',
      pair_decimals: 1,
      lot_decimals: 8,
      tick_size: '0.1',
      status: 'online',
    });
    expect(pairs['XXDGZUSD']).toMatchObject({ wsname: 'XDG/USD' });
    expect(pairs['XXMRZUSD']).toMatchObject({ status: 'work_in_progress' });
    expect(Object.keys(ask('AssetPairs?pair=XBTUSDT').result!)).toEqual(['XBTUSDT']);
    expect(ask('AssetPairs?pair=NOPE').error).toEqual(['EQuery:Unknown asset pair']);
  });

  it.each(['XXBTZUSD', 'XBTUSD', 'XBT/USD'])('serves candles of %s, minutes without trades too', (pair) => {
    const { XXBTZUSD: rows = [], last } = ask<unknown>(`OHLC?pair=${pair}&interval=1`).result as unknown as {
      readonly XXBTZUSD: readonly unknown[][];
      readonly last: number;
    };
    expect(rows).toHaveLength(721);
    expect(rows.at(-1)![0]).toBe(START / 1000 - 20);
    expect(last).toBe(START / 1000 - 80);
    const [truth] = exchange.market.candles('BTC/USD', '1m').slice(-1);
    expect(rows.at(-1)).toMatchObject([
      START / 1000 - 20,
      truth!.open,
      truth!.high,
      truth!.low,
      truth!.close,
      expect.stringMatching(/^\d+\.\d+$/),
      truth!.volume,
      truth!.trades,
    ]);
  });

  it('serves candles later than a time', () => {
    const since = START / 1000 - 200;
    const rows = (ask(`OHLC?pair=XBTUSD&since=${since}`).result!['XXBTZUSD'] as number[][]).map(
      ([time]) => time!,
    );
    expect(rows.every((time) => time > since)).toBe(true);
    expect(rows).toHaveLength(3);
  });

  it('counts weeks from the epoch, which began on a Thursday', () => {
    const rows = ask('OHLC?pair=XBTUSD&interval=10080').result!['XXBTZUSD'] as number[][];
    expect(new Set(rows.map(([time]) => new Date(time! * 1000).getUTCDay()))).toEqual(new Set([4]));
  });

  it('serves books, the best levels first', () => {
    const { bids, asks } = ask<{ bids: string[][]; asks: string[][] }>('Depth?pair=XBTUSD&count=2').result![
      'XXBTZUSD'
    ]!;
    const truth = exchange.market.book('BTC/USD');
    expect(bids.map(([price, qty]) => [Number(price), qty])).toEqual(
      truth.bids.slice(0, 2).map(([price, qty]) => [Number(price), qty]),
    );
    expect(asks).toHaveLength(2);
    expect(asks[0]![0]).toMatch(/^\d+\.\d{5}$/);
  });

  it('serves the state of the exchange and its time', () => {
    exchange.enter('post_only');
    expect(ask('SystemStatus').result).toEqual({ status: 'post_only', timestamp: '2026-11-21T10:00:20Z' });
    expect(ask('Time').result).toEqual({
      unixtime: START / 1000,
      rfc1123: 'Sat, 21 Nov 26 10:00:20 +0000',
    });
  });

  it('refuses in its envelope', () => {
    expect(rest(exchange, '/0/public/Gossip').status).toBe(200);
    expect(ask('OHLC?pair=XBTUSD&interval=7').error).toEqual(['EGeneral:Invalid arguments:interval']);
    expect(ask('Depth?pair=XBTUSD&count=0').error).toEqual(['EGeneral:Invalid arguments:count']);
  });
});
