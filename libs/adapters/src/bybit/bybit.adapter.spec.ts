import { bybit } from './bybit.adapter.ts';

describe('the Bybit adapter', () => {
  const { endpoints, channels, categories, rest, raw } = bybit();

  it('has a socket of each category, of spreads, and of notices', () => {
    expect(Object.entries(endpoints).map(([key, { path }]) => `${key} ${path}`)).toEqual([
      'spot /v5/public/spot',
      'linear /v5/public/linear',
      'inverse /v5/public/inverse',
      'option /v5/public/option',
      'spread /v5/public/spread',
      'status /v5/public/misc/status',
    ]);
    for (const category of categories ?? []) {
      for (const { endpoint } of Object.values(channels)) {
        const key = typeof endpoint === 'string' ? endpoint : endpoint({}, category);
        expect(key).toBe(typeof endpoint === 'string' ? 'status' : category);
      }
    }
  });

  it('runs within every limit of the exchange', () => {
    for (const { limits, heartbeat } of Object.values(endpoints)) {
      const { ofKinds = {}, ...others } = limits;
      for (const { documented, safe } of [...Object.values(others).flat(), ...Object.values(ofKinds)])
        expect(safe).toBeLessThanOrEqual(documented);
      expect(limits.topicsPerMessage).toEqual({ documented: 10, safe: 10 });
      expect(limits.topicCharactersPerConnection?.documented).toBe(21_000);
      expect(limits.connects).toEqual([{ documented: 500, safe: 300, windowMs: 300_000 }]);
      expect(heartbeat).toEqual({ sender: 'client', intervalMs: 20_000, deadlineMs: 30_000 });
    }
    expect(endpoints.option?.limits.topicsPerConnection.documented).toBe(2_000);
    expect(rest.requests).toEqual({ documented: 600, safe: 480, windowMs: 5_000 });
  });

  it('leaves room for quotation marks and commas among the characters of topics', () => {
    const { topicCharactersPerConnection: characters, topicsPerConnection } = endpoints.linear!.limits;
    expect(characters!.safe + 3 * topicsPerConnection.safe).toBeLessThanOrEqual(characters!.documented);
  });

  it('has books of the depths that Bybit streams: options others than the rest', () => {
    const { values, default: deepest, perKind } = channels.book!.params.depth!;
    expect([values, deepest]).toEqual([[1, 50, 200, 1000], 1000]);
    expect(perKind?.option).toEqual({ values: [25, 100], default: 100 });
    expect(channels.book?.topic('BTCUSDT', {}, 'spot')).toBe('orderbook.1000.BTCUSDT');
    expect(channels.book?.topic('BTC-26DEC25-100000-C', {}, 'option')).toBe(
      'orderbook.100.BTC-26DEC25-100000-C',
    );
  });

  it('expects a best level again at rest, and takes trades for no witness of a book, as some of them are in none', () => {
    expect(channels.quotes?.cadence?.({}, 'spot')).toEqual({ everyMs: 3_000 });
    expect(channels.quotes?.cadence?.({}, 'option')).toBeUndefined();
    expect(channels.book?.cadence?.({ depth: 1 }, 'linear')).toEqual({ everyMs: 3_000 });
    expect(channels.book?.cadence?.({ depth: 200 }, 'linear')).toBeUndefined();
  });

  it('expects a snapshot to begin with only where changes follow it', () => {
    const first = (channel: 'ticker' | 'book' | 'derivatives', category: string): unknown =>
      channels[channel]?.firstDataWithinMs?.({}, category);
    expect(first('ticker', 'linear')).toBe(10_000);
    expect(first('derivatives', 'inverse')).toBe(10_000);
    expect(first('book', 'spot')).toBe(10_000);
    expect([first('ticker', 'spot'), first('ticker', 'option'), first('book', 'option')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['system.status', ['status']],
    ['tickers.BTC-26DEC25-100000-C', ['option']],
    ['tickers.BTC-26DEC25-100000-C-USDT', ['option']],
    ['publicTrade.SOLUSDT_SOL/USDT', ['spread']],
    ['orderbook.rpi.BTCUSDT', ['spot', 'linear', 'inverse', 'option']],
    ['publicTrade.BTCPERP', ['linear', 'spot', 'inverse', 'option']],
    ['publicTrade.BTCUSDT-26DEC25', ['linear', 'spot', 'inverse', 'option']],
    ['publicTrade.BTCUSDH25', ['inverse', 'spot', 'linear', 'option']],
    ['publicTrade.BTCUSD', ['inverse', 'spot', 'linear', 'option']],
    ['publicTrade', undefined],
    ['publicTrade.', undefined],
    ['publicTrade.BTC USDT', undefined],
    ['publicTrade."BTCUSDT', undefined],
    [`publicTrade.${'X'.repeat(100)}`, undefined],
    ['', undefined],
  ])('takes %s for a raw topic of %j', (topic, expected) => {
    expect(raw?.endpoint(topic)).toEqual(expected);
    if (expected && expected.length > 1) expect([...expected].sort()).toEqual([...raw!.endpoints!].sort());
  });

  it('promises no channel of instruments that do not have it', () => {
    expect(channels.candles?.kinds).not.toContain('option');
    expect(channels.liquidations?.kinds).toEqual(['perpetual', 'future']);
    expect(channels.derivatives?.kinds).toEqual(['perpetual', 'future']);
    expect(channels.options?.kinds).toEqual(['option']);
  });
});
