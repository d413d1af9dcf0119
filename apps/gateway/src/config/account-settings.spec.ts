import { inspect } from 'node:util';
import { ADAPTERS } from '@exchange-stream/adapters';
import type { Credentials } from '@exchange-stream/nestjs/contract';
import { ConfigError } from './config-error.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { loadConfig } from './load-config.ts';

interface Told {
  readonly env?: Record<string, string>;
  /** Texts of files by path; `gateway.yaml` is the configuration, where it is there. */
  readonly files?: Readonly<Record<string, string>>;
}

function load({ env = {}, files = {} }: Told): GatewayConfig {
  const readFile = (path: string): string => {
    const text = files[path];
    if (text !== undefined) return text;
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
  };
  const named = 'gateway.yaml' in files ? { CONFIG_FILE: 'gateway.yaml', ...env } : env;
  return loadConfig({ env: named, argv: [], adapters: ADAPTERS, readFile });
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

const read = (told: Told): Record<string, Credentials> =>
  Object.fromEntries(
    load(told).accounts.map((account) => [`${account.exchange} ${account.account}`, account.read()]),
  );

describe('accounts in the configuration', () => {
  it('are none where nothing is told', () => {
    expect(read({})).toEqual({});
    expect(read({ env: { BINANCE_API_KEY: '', BINANCE_API_KEY_FILE: '' } })).toEqual({});
  });

  it('stand in variables', () => {
    const env = { BINANCE_API_KEY: 'k', BINANCE_API_SECRET: ' s\n', BINANCE_API_PASSPHRASE: 'p' };
    expect(read({ env })).toEqual({ 'binance default': { key: 'k', secret: 's', passphrase: 'p' } });
  });

  it('stand in files, and in both, part by part', () => {
    const env = { BINANCE_API_KEY: 'k', BINANCE_API_SECRET_FILE: '/run/secrets/s' };
    const files = { '/run/secrets/s': '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n' };
    expect(read({ env, files })['binance default']).toEqual({
      key: 'k',
      secret: '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----',
    });
  });

  it('are several at one exchange', () => {
    const env = {
      BINANCE_API_KEY: 'k',
      BINANCE_API_SECRET: 's',
      BINANCE_ACCOUNTS: 'hedge, market-maker.2',
      BINANCE_ACCOUNT_HEDGE_API_KEY: 'hk',
      BINANCE_ACCOUNT_HEDGE_API_SECRET: 'hs',
      BINANCE_ACCOUNT_MARKET_MAKER_2_API_KEY: 'mk',
      BINANCE_ACCOUNT_MARKET_MAKER_2_API_SECRET_FILE: 'ms',
    };
    expect(read({ env, files: { ms: 'ms' } })).toEqual({
      'binance default': { key: 'k', secret: 's' },
      'binance hedge': { key: 'hk', secret: 'hs' },
      'binance market-maker.2': { key: 'mk', secret: 'ms' },
    });
  });

  it('are named by the file, and the environment wins, account by account', () => {
    const files = {
      'gateway.yaml': `exchanges:
  binance:
    credentials: { keyFile: k, secretFile: s, passphraseFile: p }
    accounts: { hedge: { keyFile: hk, secretFile: hs } }`,
      ...{ k: 'k', s: 's', p: 'p', hk: 'hk', hs: 'hs' },
    };
    expect(read({ files })).toEqual({
      'binance default': { key: 'k', secret: 's', passphrase: 'p' },
      'binance hedge': { key: 'hk', secret: 'hs' },
    });
    const env = { BINANCE_API_KEY: 'other', BINANCE_API_SECRET: 'too' };
    expect(read({ files, env })).toEqual({
      'binance default': { key: 'other', secret: 'too' },
      'binance hedge': { key: 'hk', secret: 'hs' },
    });
    expect(Object.keys(read({ files, env: { BINANCE_ACCOUNTS: 'hedge' } }))).toHaveLength(2);
  });

  it.each<[string, Told, string]>([
    [
      'a secret that is missing',
      { env: { BINANCE_API_KEY: 'c4n4ry' } },
      'BINANCE_API_SECRET: is missing, and so is BINANCE_API_SECRET_FILE; takes one of the two',
    ],
    [
      'a value that stands in two places',
      {
        env: { BINANCE_API_KEY: 'c4n4ry', BINANCE_API_KEY_FILE: 'k', BINANCE_API_SECRET: 'c4n4ry' },
        files: { k: 'c4n4ry' },
      },
      'BINANCE_API_KEY_FILE: stands beside BINANCE_API_KEY; takes one of the two',
    ],
    [
      'the secret itself in place of its file',
      { env: { BINANCE_API_KEY: 'c4n4ry', BINANCE_API_SECRET_FILE: 'c4n4ry' } },
      'BINANCE_API_SECRET_FILE: the file cannot be read (ENOENT)',
    ],
    [
      'a file that is empty',
      { env: { BINANCE_API_KEY: 'c4n4ry', BINANCE_API_SECRET_FILE: 's' }, files: { s: ' \n' } },
      'BINANCE_API_SECRET_FILE: the file is empty',
    ],
    [
      'a file that is torn',
      { env: { BINANCE_API_KEY: 'c4n4ry', BINANCE_API_SECRET_FILE: 's' }, files: { s: 'c4n4ry\0\0\0' } },
      'BINANCE_API_SECRET_FILE: the file holds characters that no text has',
    ],
    [
      'a file of another kind',
      {
        env: { BINANCE_API_KEY: 'c4n4ry', BINANCE_API_SECRET_FILE: 's' },
        files: { s: 'c4n4ry'.repeat(3_000) },
      },
      'BINANCE_API_SECRET_FILE: the file is longer than 16384 characters',
    ],
    ['a key in place of a name', { env: { BINANCE_ACCOUNTS: 'c4n4ry/+=' } }, 'BINANCE_ACCOUNTS: a name that'],
    ['the name of the default account', { env: { BINANCE_ACCOUNTS: 'default' } }, 'and not "default"'],
    [
      'an account without credentials',
      { env: { BINANCE_ACCOUNTS: 'hedge' } },
      'BINANCE_ACCOUNT_HEDGE_API_KEY: is missing',
    ],
    [
      'an account that is not listed',
      { env: { BINANCE_ACCOUNT_HEDGE_API_KEY: 'c4n4ry' } },
      'BINANCE_ACCOUNT_HEDGE_API_KEY: its account is not listed in BINANCE_ACCOUNTS',
    ],
    [
      'two accounts with the same variables',
      { env: { BINANCE_ACCOUNTS: 'a-b,a.b' } },
      'BINANCE_ACCOUNTS: two accounts have the variable BINANCE_ACCOUNT_A_B_API_KEY',
    ],
    [
      'a secret in the file of the configuration',
      { files: { 'gateway.yaml': 'exchanges: { binance: { credentials: { key: c4n4ry } } }' } },
      'exchanges.binance.credentials.key: unknown key; known are keyFile, secretFile, passphraseFile',
    ],
    [
      'half of an account in the file',
      {
        files: {
          'gateway.yaml': 'exchanges: { binance: { accounts: { hedge: { keyFile: k } } } }',
          k: 'c4n4ry',
        },
      },
      'exchanges.binance.accounts.hedge.secretFile: is missing; takes the path of a file',
    ],
    [
      'credentials that are none',
      { files: { 'gateway.yaml': 'exchanges: { binance: { credentials: c4n4ry } }' } },
      'exchanges.binance.credentials: takes the keys keyFile, secretFile, passphraseFile',
    ],
    [
      'accounts that are none',
      { files: { 'gateway.yaml': 'exchanges: { binance: { accounts: [c4n4ry] } }' } },
      'exchanges.binance.accounts: takes names of accounts',
    ],
    [
      'a path that is none',
      { files: { 'gateway.yaml': 'exchanges: { binance: { credentials: { keyFile: 7 } } }' } },
      'exchanges.binance.credentials.keyFile: takes the path of a file',
    ],
  ])('names the variable or key and never shows a value: %s', (_what, told, expected) => {
    const problems = problemsOf(told);
    expect(problems).toContain(expected);
    expect(problems).not.toContain('c4n4ry');
  });

  it('hold no value, however the configuration is shown', () => {
    const env = { BINANCE_API_KEY: 'c4n4ry-key', BINANCE_API_SECRET_FILE: 's' };
    const config = load({ env, files: { s: 'c4n4ry-secret' } });
    const shown = inspect(config, { depth: 20, showHidden: true }) + JSON.stringify(config);
    expect(shown).toContain('BINANCE_API_KEY');
    expect(shown).not.toContain('c4n4ry');
  });
});
