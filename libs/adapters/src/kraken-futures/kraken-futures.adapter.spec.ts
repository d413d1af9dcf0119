import { ADAPTERS } from '../index.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';

describe('the Kraken Futures adapter', () => {
  it('is registered under its id', () => {
    expect(ADAPTERS['kraken-futures']?.().exchange).toBe('kraken-futures');
  });

  it('has a demo', () => {
    const { endpoints, rest } = krakenFutures();
    expect(endpoints.public?.baseUrls).toEqual({
      live: ['wss://futures.kraken.com'],
      testnet: ['wss://demo-futures.kraken.com'],
    });
    expect(endpoints.public?.path).toBe('/ws/v1');
    expect(rest.baseUrls.testnet).toEqual(['https://demo-futures.kraken.com']);
  });

  it('runs below every limit of the exchange, and asks for a sign of life each minute', () => {
    const { limits, heartbeat } = krakenFutures().endpoints.public!;
    const { ofKinds: _, ...counted } = limits;
    for (const { documented, safe } of Object.values(counted).flat()) expect(safe).toBeLessThan(documented);
    expect(limits.messages).toEqual({ documented: 100, safe: 50, windowMs: 1_000 });
    expect(heartbeat.sender).toBe('client');
    expect(heartbeat.intervalMs).toBeLessThan(60_000);
  });

  it('has candles by REST alone, of lengths that can be set', () => {
    expect(krakenFutures().channels.candles).toMatchObject({ params: { interval: { values: [] } } });
    expect(krakenFutures({ intervals: ['1m'] }).channels.candles?.candles?.restIntervals).toEqual(['1m']);
  });

  it('makes three channels of one feed', () => {
    const { ticker, quotes, derivatives } = krakenFutures().channels;
    const named = [ticker, quotes, derivatives].map((channel) => channel?.topic('PF_XBTUSD', {}));
    expect(new Set(named)).toEqual(new Set(['ticker:PF_XBTUSD']));
    expect(quotes?.sampled).toContain('once a second');
  });
});
