import { ADAPTERS } from '../index.ts';
import { binance } from './binance.adapter.ts';

describe('the Binance adapter', () => {
  it('is registered under its id', () => {
    for (const [id, create] of Object.entries(ADAPTERS)) expect(create().exchange).toBe(id);
    expect(Object.keys(ADAPTERS)).toContain('binance');
  });

  it('serves every channel on an endpoint that it declares', () => {
    const { channels, endpoints } = binance();
    expect(Object.keys(channels)).toEqual(['trades', 'ticker', 'quotes', 'book', 'candles']);
    for (const channel of Object.values(channels)) expect(endpoints).toHaveProperty(String(channel.endpoint));
  });

  it.each([
    ['btcusdt@trade', true],
    ['btcusdt@kline_1d@+08:00', true],
    ['!miniTicker@arr', true],
    ['!ticker_1h@arr@3000ms', true],
    ['币安人生usdt@depth@100ms', true],
    ['BTCUSDT@trade', false],
    ['btcusdt', false],
    ['btcusdt@', false],
    ['btc usdt@trade', false],
    ['btcusdt@trade"', false],
    ['a@b/c@d', false],
    [`${'a'.repeat(100)}@trade`, false],
    ['', false],
  ])('takes %s for a raw topic: %s', (topic, isTopic) => {
    expect(binance().raw?.endpoint(topic)).toBe(isTopic ? 'public' : undefined);
  });

  it('declares defaults among the values that a parameter takes', () => {
    for (const { params } of Object.values(binance().channels)) {
      for (const { values, default: preset } of Object.values(params)) {
        if (preset !== undefined) expect(values).toContain(preset);
      }
    }
  });

  it('promises nothing of a market at rest, and takes its trades for a witness that it moves', () => {
    const { channels } = binance();
    expect(channels.trades?.cadence).toBeUndefined();
    for (const { cadence, firstDataWithinMs } of Object.values(channels)) {
      expect(firstDataWithinMs).toBeUndefined();
      if (cadence) expect(cadence({})?.provenBy).toContain('trades');
    }
    expect(channels.book?.cadence?.({})).toMatchObject({ everyMs: 100 });
    expect(channels.book?.cadence?.({ depth: 20, speed: 1000 })).toMatchObject({ everyMs: 1000 });
    expect(channels.candles?.cadence?.({ interval: '1s' })).toMatchObject({ everyMs: 1000 });
    expect(channels.candles?.cadence?.({ interval: '1d' })).toMatchObject({ everyMs: 2000 });
  });

  it('runs below every limit of the exchange', () => {
    const { endpoints, rest } = binance();
    const { limits, heartbeat } = endpoints.public!;
    const { ofKinds = {}, ...others } = limits;
    const all = [...Object.values(others).flat(), ...Object.values(ofKinds), rest.requests];
    for (const { documented, safe } of all) {
      expect(safe).toBeLessThan(documented);
    }
    expect(heartbeat.deadlineMs).toBeGreaterThan(2 * heartbeat.intervalMs);
  });

  it('has a WebSocket and a REST base URL in each environment', () => {
    const { endpoints, rest } = binance();
    for (const environment of ['live', 'testnet'] as const) {
      for (const url of endpoints.public!.baseUrls[environment]) expect(url).toMatch(/^wss:\/\/[^/]+$/);
      for (const url of rest.baseUrls[environment]) expect(url).toMatch(/^https:\/\/[^/]+$/);
    }
  });

  it('asks for microseconds when it is told to, and its sessions read them', () => {
    expect(binance().endpoints.public?.path).toBe('/stream');
    expect(binance({ timeUnit: 'millisecond' }).endpoints.public?.path).toBe('/stream');
    expect(binance({ timeUnit: 'microsecond' }).endpoints.public?.path).toBe('/stream?timeUnit=MICROSECOND');
  });
});
