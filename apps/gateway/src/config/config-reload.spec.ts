import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { ConfigReload } from './config-reload.ts';
import { loadConfig, type ConfigSources } from './load-config.ts';

const list = (...symbols: string[]): string =>
  `subscriptions: [${symbols.map((symbol) => `{ exchange: binance, channel: trades, symbol: ${symbol} }`).join(', ')}]\n`;

describe('reading the configuration again', () => {
  let file: string;
  let secret: string;
  let stream: ExchangeStream;
  let log: string[];
  let reload: ConfigReload;

  const symbols = (): string[] => stream.subscriptions().map(({ symbol }) => symbol);

  beforeEach(() => {
    file = `port: 3000\n${list('BTC/USDT', 'ETH/USDT')}`;
    secret = 'one';
    log = [];
    start();
  });

  /** As a gateway that has read what stands there now. */
  function start(): void {
    const sources: ConfigSources = {
      env: { CONFIG_FILE: 'gateway.yaml' },
      argv: [],
      adapters: ADAPTERS,
      readFile: (path) => (path.startsWith('/secrets/') ? secret : file),
    };
    const config = loadConfig(sources);
    stream = new ExchangeStream({
      exchanges: [ADAPTERS.binance!()],
      subscriptions: config.subscriptions,
    });
    const tell =
      (level: string) =>
      (message: unknown): void =>
        void log.push(`${level} ${typeof message === 'string' ? message : JSON.stringify(message)}`);
    const logger = { log: tell('log'), warn: tell('warn'), error: tell('error') };
    reload = new ConfigReload(config, sources, stream, logger);
  }

  afterEach(() => stream.close());

  it('applies the difference between the lists', () => {
    file = `port: 3000\n${list('SOL/USDT', 'BTC/USDT')}`;
    reload.reload();
    expect(symbols()).toEqual(['BTC/USDT', 'SOL/USDT']);
    expect(log).toEqual(['log Read again; subscriptions: 1 added, 1 released, 1 kept']);
  });

  it('names other keys that have changed, and does not apply them', () => {
    file = `port: 3001\nfeed: { maxSubscriptions: 5 }\nexchanges: { binance: { environment: testnet } }\n${list('BTC/USDT')}`;
    reload.reload();
    expect(symbols()).toEqual(['BTC/USDT']);
    expect(log[0]).toBe(
      'warn Changed keys that take effect with a restart: port, feed.maxSubscriptions, exchanges',
    );
  });

  it('leaves credentials to those who look after their files, and names files that have moved', () => {
    const credentials = (key: string): string =>
      `exchanges: { binance: { credentials: { keyFile: ${key}, secretFile: /secrets/s } } }\n`;
    file = `${credentials('/secrets/k')}${list('BTC/USDT')}`;
    reload.reload();
    expect(log.shift()).toBe('warn Changed keys that take effect with a restart: exchanges');
    start();
    for (secret of ['two', 'torn\0']) reload.reload();
    expect(log.filter((line) => !line.startsWith('log'))).toEqual([]);
  });

  it.each([
    ['an unknown key', 'prot: 1\n', 'did you mean port?'],
    ['no YAML', '{"port": ', 'neither YAML nor JSON'],
    ['an unknown channel', 'subscriptions: [{ exchange: binance, channel: trade, symbol: A/B }]', 'trades'],
    [
      'a subscription that cannot be met',
      'subscriptions: [{ exchange: binance, channel: candles, symbol: BTC/USDT, params: { interval: 7y } }]',
      'interval',
    ],
  ])('changes nothing for a file with %s, and says why', (_what, text, reason) => {
    file = text;
    reload.reload();
    expect(symbols()).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(log.filter((line) => line.startsWith('error'))).toEqual([expect.stringContaining(reason)]);
    expect(log.join()).not.toContain('Read again; subscriptions');
  });

  it('outlives a stream that has been closed', async () => {
    await stream.close();
    reload.reload();
    expect(log).toEqual([expect.stringMatching(/^error .*nothing is changed/)]);
  });
});
