import { ADAPTERS } from '../index.ts';
import { coinbase } from './coinbase.adapter.ts';

describe('the Coinbase adapter', () => {
  it('is registered under its id', () => {
    expect(ADAPTERS.coinbase?.().exchange).toBe('coinbase');
  });

  it('wants no key', () => {
    const adapter = coinbase();
    const session = adapter.createSession({ endpoint: 'market', url: 'wss://x.test/', nextId: () => 1 });
    expect(session.login).toBeUndefined();
    expect(adapter.privateChannels).toBeUndefined();
    for (const { token, kind } of Object.values(adapter.endpoints)) {
      expect(token).toBeUndefined();
      expect(kind).toBe('public');
    }
  });

  it('takes frames larger than the books that were seen, of 5.1 MB, and than the 10 MB of the official client', () => {
    expect(coinbase().endpoints.market?.largestFrameBytes).toBeGreaterThan(10 * 1024 * 1024);
  });

  it('declares defaults among the values that a parameter takes', () => {
    for (const { params } of Object.values(coinbase().channels)) {
      for (const { values, default: preset } of Object.values(params)) {
        if (preset !== undefined) expect(values).toContain(preset);
      }
    }
  });

  it('streams candles of five minutes, and has the others by REST', () => {
    const { params, candles } = coinbase().channels.candles!;
    expect(params.interval?.values).toEqual(['5m']);
    expect(candles).toMatchObject({
      ...{ restIntervals: ['1m', '15m', '30m', '1h', '2h', '6h', '1d'], pageLimit: 350, skipsQuiet: true },
    });
  });

  it('takes ids of trades for contiguous, as recorded, unless told otherwise', () => {
    const rules = (adapter = coinbase()): unknown => adapter.channels.trades?.trades?.({});
    expect(rules()).toEqual({ ids: 'contiguous', beginsWithRecent: true });
    expect(rules(coinbase({ tradeIds: 'increasing' }))).toMatchObject({ ids: 'increasing' });
  });

  it('runs below every limit of the exchange', () => {
    const { endpoints, rest } = coinbase();
    for (const { limits, heartbeat } of Object.values(endpoints)) {
      for (const { documented, safe } of Object.values(limits).flat() as {
        documented: number;
        safe: number;
      }[])
        expect(safe).toBeLessThan(documented);
      expect(limits.messagesPerAddress).toMatchObject({ documented: 8, windowMs: 1_000 });
      expect(limits.connects).toMatchObject([{ documented: 8, windowMs: 1_000 }]);
      expect(heartbeat).toMatchObject({ sender: 'exchange', intervalMs: 1_000 });
    }
    expect(rest.requests.safe).toBeLessThan(rest.requests.documented);
  });
});
