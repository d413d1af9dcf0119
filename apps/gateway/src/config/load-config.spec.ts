import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTERS } from '@exchange-stream/adapters';
import { accountsVariable, credentialVariables } from './account-settings.ts';
import { ConfigError } from './config-error.ts';
import { exchangeVariables } from './exchange-settings.ts';
import { GatewayConfig } from './gateway-config.ts';
import { loadConfig } from './load-config.ts';
import { SETTINGS } from './settings.ts';

interface Told {
  readonly env?: Record<string, string>;
  readonly argv?: readonly string[];
  /** Content of the file `gateway.yaml`, the only one there is beside secrets. */
  readonly file?: string;
}

function load({ env = {}, argv = [], file }: Told): GatewayConfig {
  const readFile = (path: string): string => {
    if (path.startsWith('/run/secrets/')) return 'a secret';
    if (path !== 'gateway.yaml' || file === undefined) throw new Error(`ENOENT: no such file ${path}`);
    return file;
  };
  const fromFile = file === undefined ? env : { CONFIG_FILE: 'gateway.yaml', ...env };
  return loadConfig({ env: fromFile, argv, adapters: ADAPTERS, readFile });
}

function problemsOf(told: Told): string {
  try {
    load(told);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

describe('configuration', () => {
  it('works without being told anything, on this machine alone', () => {
    expect(load({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      logLevel: 'info',
      shutdownDeadlineMs: 10_000,
      feedOrigins: [],
      feedMaxSubscriptions: 200,
      feedMaxPendingBytes: 1_048_576,
      feedMaxPendingMessages: 10_000,
      exchanges: ['binance'],
      exchangeSettings: { binance: {} },
      accounts: [],
      subscriptions: [],
      readiness: 'gateway',
      transportLog: [],
      readinessCritical: [],
    });
  });

  it('reads everything from a file, YAML or JSON', () => {
    const yaml = `
port: 8080
host: 0.0.0.0
feed:
  origins: [https://dashboard.example]
  maxPendingBytes: 65536
exchanges:
  binance:
    environment: testnet
    urls: { public: ws://127.0.0.1:9001, rest: ['http://127.0.0.1:9001', 'http://127.0.0.1:9002/'] }
subscriptions:
  - { exchange: binance, channel: candles, symbol: BTC/USDT, params: { interval: 1m } }
`;
    const config = load({ file: yaml });
    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      feedOrigins: ['https://dashboard.example'],
      feedMaxPendingBytes: 65_536,
      exchangeSettings: {
        binance: {
          environment: 'testnet',
          urls: { public: ['ws://127.0.0.1:9001'], rest: ['http://127.0.0.1:9001', 'http://127.0.0.1:9002'] },
        },
      },
      subscriptions: [
        { exchange: 'binance', channel: 'candles', symbol: 'BTC/USDT', params: { interval: '1m' } },
      ],
    });
    expect(load({ file: '{"port": 8080}' }).port).toBe(8080);
    expect(load({ file: '' }).port).toBe(3000);
  });

  it('lets the environment win over the file, and --config over CONFIG_FILE', () => {
    const file = 'port: 8080\nexchanges: { binance: { urls: { public: "ws://file:1" } } }';
    const env = { PORT: '9090', BINANCE_WS_URL: 'ws://env:1', CONFIG_FILE: 'missing.yaml' };
    expect(load({ file, env, argv: ['--config', 'gateway.yaml'] })).toMatchObject({
      port: 9090,
      exchangeSettings: { binance: { urls: { public: ['ws://env:1'] } } },
    });
    expect(load({ file, env, argv: ['--config=gateway.yaml'] }).port).toBe(9090);
  });

  it('reads subscriptions from text, symbols with colons included', () => {
    const text =
      'binance:trades:BTC/USDT; binance:candles:BTC/USDT?interval=1m;binance:book:BTC/USDT:USDT?depth=5&speed=100;';
    expect(load({ env: { SUBSCRIPTIONS: text } }).subscriptions).toEqual([
      { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' },
      { exchange: 'binance', channel: 'candles', symbol: 'BTC/USDT', params: { interval: '1m' } },
      { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT:USDT', params: { depth: '5', speed: '100' } },
    ]);
  });

  it('reads templates from the file', () => {
    const templates = [
      { exchange: 'binance', channel: 'trades', symbols: 'all', except: ['*/TRY'] },
      { exchange: 'binance', channel: 'ticker', symbols: ['BTC/USDT', 'ETH/USDT'] },
      {
        exchange: 'binance',
        channel: 'candles',
        symbols: { pattern: 'B*', quote: ['USDT', 'USDC'] },
        params: { interval: '1m' },
      },
    ];
    expect(load({ file: JSON.stringify({ subscriptions: templates }) }).subscriptions).toEqual(templates);
  });

  it.each<[string, Told, string]>([
    [
      'a template with a kind that there is not',
      { file: 'subscriptions: [{ exchange: binance, channel: trades, symbols: { kind: swap } }]' },
      'subscriptions[0]: Template binance trades, symbols.kind: got "swap". Allowed: one or more of spot, perpetual',
    ],
    [
      'what is of an account',
      { file: 'subscriptions: [{ exchange: binance, channel: orders }]' },
      'subscriptions[0].channel: got "orders"; takes one of trades, ticker, quotes, book, candles, derivatives, liquidations, options, status, raw, and none of an account',
    ],
    [
      'the same as text',
      { env: { SUBSCRIPTIONS: 'binance:orders:BTC/USDT' } },
      '"orders" is no channel of the gateway',
    ],
    [
      'a template with an unknown part',
      { file: 'subscriptions: [{ exchange: binance, channel: trades, symbols: { base: BTC } }]' },
      'symbols.base: got "this key". Allowed: pattern, quote, kind, status.',
    ],
    [
      'a template of nothing',
      { file: 'subscriptions: [{ exchange: binance, channel: trades, symbols: }]' },
      'symbols: got null. Allowed: "all", a list of symbols, or {pattern, quote, kind, status}.',
    ],
    [
      'a template with an unknown key',
      { file: 'subscriptions: [{ exchange: binance, channel: trades, symbols: all, exept: [] }]' },
      'subscriptions[0].exept: unknown key; did you mean subscriptions[0].except?',
    ],
    [
      'one symbol and many',
      { file: 'subscriptions: [{ exchange: binance, channel: trades, symbol: A/B, symbols: all }]' },
      'subscriptions[0].symbol: unknown key',
    ],
    [
      'a critical subscription of many',
      {
        file: 'readiness: { policy: critical, critical: [{ exchange: binance, channel: trades, symbols: all }] }',
      },
      'readiness.critical: takes one symbol each',
    ],
    [
      'a port that is no number',
      { env: { PORT: 'http' } },
      'PORT: got "http"; takes a whole number from 0 to 65535',
    ],
    ['a port out of range', { env: { PORT: '65536' } }, 'PORT: got 65536; takes a whole number'],
    ['a port in the file', { file: 'port: -1' }, 'port: got -1; takes a whole number'],
    ['a log level', { env: { LOG_LEVEL: 'loud' } }, 'LOG_LEVEL: got "loud"; takes one of fatal, error, warn'],
    [
      'an exchange',
      { env: { EXCHANGES: 'binance,binanse' } },
      `EXCHANGES: got "binanse"; known are ${Object.keys(ADAPTERS).join(', ')}; did you mean binance?`,
    ],
    ['an exchange of the prototype', { env: { EXCHANGES: 'constructor' } }, 'EXCHANGES: got "constructor"'],
    [
      'a URL',
      { env: { BINANCE_WS_URL: 'http://x' } },
      'BINANCE_WS_URL: got "http://x"; takes a base URL such as wss://host:port',
    ],
    [
      'an environment',
      { env: { BINANCE_ENVIRONMENT: 'prod' } },
      'BINANCE_ENVIRONMENT: got "prod"; takes one of live, testnet',
    ],
    ['an origin', { env: { FEED_ORIGINS: '*' } }, 'FEED_ORIGINS: got ["*"]; takes origins such as'],
    [
      'a subscription',
      { env: { SUBSCRIPTIONS: 'binance trades' } },
      'SUBSCRIPTIONS: got "binance trades"; write exchange:channel:symbol',
    ],
    [
      'a channel',
      { env: { SUBSCRIPTIONS: 'binance:trade:BTC/USDT' } },
      'there are trades, ticker, quotes, book, candles',
    ],
    [
      'a file of subscriptions',
      { file: 'subscriptionsFile: [a]' },
      'subscriptionsFile: got ["a"]; takes the path of a file',
    ],
    [
      'a folder of instruments',
      { file: 'instrumentsDir: 7' },
      'instrumentsDir: got 7; takes the path of a folder',
    ],
    [
      'an exchange not in use',
      { env: { SUBSCRIPTIONS: 'okx:trades:BTC/USDT' } },
      '"okx" is not among the exchanges in use: binance',
    ],
    [
      'a subscription in the file',
      { file: 'subscriptions: [{ exchange: binance, chanel: trades }]' },
      'subscriptions[0].chanel: unknown key; did you mean subscriptions[0].channel?',
    ],
    ['a key', { file: 'prot: 1' }, 'prot: unknown key; did you mean port?'],
    [
      'a key below',
      { file: 'exchanges: { binance: { url: {} } }' },
      'exchanges.binance.url: unknown key; did you mean exchanges.binance.urls?',
    ],
    [
      'an endpoint',
      { file: 'exchanges: { binance: { urls: { pubic: "ws://x" } } }' },
      'exchanges.binance.urls.pubic: unknown key; did you mean exchanges.binance.urls.public?',
    ],
    [
      'a demand for readiness',
      { env: { READINESS: 'most' } },
      'READINESS: got "most"; takes one of gateway, any, all, critical',
    ],
    [
      'a demand without its list',
      { file: 'readiness: { policy: critical }' },
      'readiness.policy: got "critical"; takes a list in READINESS_CRITICAL or readiness.critical with it',
    ],
    [
      'a critical subscription',
      { env: { READINESS: 'critical', READINESS_CRITICAL: 'okx:trades:BTC/USDT' } },
      'READINESS_CRITICAL: "okx" is not among the exchanges in use: binance',
    ],
    [
      'a critical subscription in the file',
      { file: 'readiness: { policy: critical, critical: [{ exchange: binance, channel: trade }] }' },
      'readiness.critical[0].channel: got "trade"; takes one of trades',
    ],
    [
      'a key of readiness',
      { file: 'readiness: { polcy: any }' },
      'readiness.polcy: unknown key; did you mean',
    ],
    [
      'an exchange to log',
      { env: { TRANSPORT_LOG: 'binnance' } },
      'TRANSPORT_LOG: got "binnance"; takes exchanges of this gateway: binance',
    ],
    ['a file that is missing', { env: { CONFIG_FILE: 'nope.yaml' } }, 'nope.yaml: the file cannot be read'],
    ['a file that is no YAML', { file: '{"port": ' }, 'gateway.yaml: the file is neither YAML nor JSON'],
    ['a file that is a list', { file: '[1]' }, 'gateway.yaml: the file must hold keys with values'],
    ['--config without a path', { argv: ['--config'] }, '--config: takes the path of a file'],
  ])('names the key, what it got and what it takes: %s', (_what, told, expected) => {
    expect(problemsOf(told)).toContain(expected);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ env: { PORT: 'x', LOG_LEVEL: 'y', EXCHANGES: 'z' } }).split('\n')).toHaveLength(3);
  });

  it('shows no secret that stands in a URL', () => {
    const shown = problemsOf({ env: { BINANCE_WS_URL: 'wss://user:hunter2@host?token=hunter2' } });
    expect(shown).toContain('BINANCE_WS_URL: got');
    expect(shown).not.toContain('hunter2');
  });

  it('reads proxies: one for all, and one of an exchange', () => {
    const { proxy, exchangeSettings } = load({
      env: { PROXY_URL: 'socks5://me:pw@127.0.0.1:1080' },
      file: 'proxy: http://other.test\nexchanges: { binance: { proxy: direct } }',
    });
    expect({ proxy, exchangeSettings }).toEqual({
      proxy: 'socks5://me:pw@127.0.0.1:1080',
      exchangeSettings: { binance: { proxy: 'direct' } },
    });
    expect(load({ env: { BINANCE_PROXY_URL: 'https://b.test' } }).exchangeSettings.binance?.proxy).toBe(
      'https://b.test',
    );
  });

  it('shows nothing of a proxy that it cannot use, wherever the password stands', () => {
    for (const bad of ['me:c4n4ry@proxy.test', 'socks4://me:c4n4ry@x', 'http://x/?password=c4n4ry']) {
      const tolds: Told[] = [
        { env: { PROXY_URL: bad } },
        { env: { BINANCE_PROXY_URL: bad } },
        { file: `proxy: ${JSON.stringify(bad)}` },
      ];
      for (const told of tolds) {
        const problems = problemsOf(told);
        expect(problems).toContain('http://, https:// or socks5://');
        expect(problems).not.toContain('c4n4ry');
      }
    }
  });
});

describe('docs/configuration.md', () => {
  const document = readFileSync(join(__dirname, '..', '..', '..', '..', 'docs', 'configuration.md'), 'utf8');
  const variables = [
    ...SETTINGS.map(({ env }) => env),
    'EXCHANGES',
    'SUBSCRIPTIONS',
    'READINESS_CRITICAL',
    'CONFIG_FILE',
  ];
  const paths = [
    ...SETTINGS.map(({ file }) => file.join('.')),
    'exchanges',
    'subscriptions',
    'readiness.critical',
  ];

  // By the example of one: those of the others begin with their ids.
  const ofExchange = [
    ...Object.values(exchangeVariables('binance')),
    ...Object.values(credentialVariables('binance')).flatMap((name) => [name, `${name}_FILE`]),
    accountsVariable('binance'),
  ];

  it.each([...variables, ...ofExchange])('documents the variable %s', (name) =>
    expect(document).toContain(`\`${name}\``),
  );

  it.each(paths)('documents the key %s', (path) => expect(document).toContain(`\`${path}\``));

  it('shows examples that work', () => {
    const examples = [...document.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!);
    expect(examples).toHaveLength(3);
    expect(examples.map((file) => problemsOf({ file }))).toEqual(['none', 'none', 'none']);
  });
});
