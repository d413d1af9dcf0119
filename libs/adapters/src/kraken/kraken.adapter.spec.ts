import { ADAPTERS } from '../index.ts';
import { kraken } from './kraken.adapter.ts';

describe('the Kraken adapter', () => {
  it('is registered under its id', () => {
    expect(ADAPTERS.kraken?.().exchange).toBe('kraken');
  });

  it('dials v2 alone, and has no testnet: the beta hosts are the real engine', () => {
    for (const { baseUrls, path } of Object.values(kraken().endpoints)) {
      expect(baseUrls).toEqual({ live: ['wss://ws.kraken.com'], testnet: [] });
      expect(path).toBe('/v2');
    }
    expect(kraken().rest.baseUrls).toEqual({ live: ['https://api.kraken.com'], testnet: [] });
  });

  it('does not show books by order, which want a token and a host of their own', () => {
    expect(kraken().channels.book?.params).not.toHaveProperty('level');
    expect(kraken().raw?.endpoint('level3:BTC/USD')).toBeUndefined();
  });

  it('runs below every limit of the exchange, in maintenance too', () => {
    const { endpoints, rest } = kraken();
    for (const { limits, heartbeat, pausedRedialMs } of Object.values(endpoints)) {
      const { ofKinds: _, ...counted } = limits;
      for (const { documented, safe } of Object.values(counted).flat()) expect(safe).toBeLessThan(documented);
      expect(limits.connects).toEqual([{ documented: 150, safe: 120, windowMs: 600_000 }]);
      expect(pausedRedialMs).toBe(5_000);
      // A connection without subscriptions and without pings is dropped after about a minute.
      expect(heartbeat.intervalMs).toBeLessThan(60_000);
    }
    expect(rest.requests.safe).toBeLessThan(rest.requests.documented);
  });

  it('declares defaults among the values that a parameter takes', () => {
    for (const { params } of Object.values(kraken().channels)) {
      for (const { values, default: preset } of Object.values(params))
        if (preset !== undefined) expect(values).toContain(preset);
    }
  });

  it('has all candles that Kraken has', () => {
    expect(kraken().channels.candles?.params.interval?.values).toEqual([
      ...['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '15d'],
    ]);
  });
});
