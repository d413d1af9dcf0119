import type { ExchangeSettings } from '@exchange-stream/nestjs';
import { nearest } from '@exchange-stream/nestjs/engine';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { redactText } from '../log/redaction.ts';
import type { ConfiguredAccount } from '../credentials/configured-account.ts';
import { readAccounts } from './account-settings.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { isTree, readConfigFile, type FileTree } from './config-file.ts';
import { readExchangeSettings } from './exchange-settings.ts';
import { GatewayConfig } from './gateway-config.ts';
import { readDefaults, readSubscriptions, type SubscriptionListSource } from './read-subscriptions.ts';
import { commaList, SETTINGS, type Setting } from './settings.ts';

/** Where configuration comes from. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Arguments behind the program's name. */
  readonly argv: readonly string[];
  readonly adapters: Readonly<Record<string, () => ExchangeAdapter>>;
  readonly readFile: (path: string) => string;
}

/**
 * The configuration: defaults, under the file (`--config` or `CONFIG_FILE`), under the environment.
 * @param readsSecrets whether files of credentials have to be readable; later on, who watches them says what is wrong
 * @throws ConfigError with every problem found
 */
export function loadConfig(sources: ConfigSources, readsSecrets = true): GatewayConfig {
  const path = configPath(sources);
  const file = path === undefined ? {} : readConfigFile(path, sources.readFile);
  const problems: ConfigProblem[] = [];
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const setting of SETTINGS) {
    const found = readSetting(setting, sources.env, file);
    if (!found) continue;
    values.set(setting.property, found.value);
    origins.set(setting.property, found.key);
  }
  const exchanges = readExchanges(sources, file, problems);
  values.set('exchanges', [...exchanges.keys()]);
  values.set('exchangeSettings', settingsOf(exchanges, file, sources.env, problems));
  const accounts = accountsOf(exchanges, file, sources, problems);
  if (readsSecrets) for (const account of accounts) problems.push(...problemsOfAccount(account));
  const lists = { env: sources.env, exchanges: [...exchanges.keys()], problems };
  const held = { variable: 'SUBSCRIPTIONS', key: 'subscriptions', list: file.subscriptions };
  values.set('subscriptions', readDefaults(held, lists));
  const critical = readSubscriptions(criticalSource(file), lists);
  values.set('readinessCritical', critical);
  if (values.get('readiness') === 'critical' && critical.length === 0) {
    problems.push({
      key: origins.get('readiness') ?? 'readiness.policy',
      message: 'got "critical"; takes a list in READINESS_CRITICAL or readiness.critical with it',
    });
  }

  checkTransportLog(values.get('transportLog'), [...exchanges.keys()], origins, problems);

  const config = plainToInstance(GatewayConfig, Object.fromEntries(values), { exposeDefaultValues: true });
  problems.push(...problemsOf(config, origins));
  if (problems.length > 0) throw new ConfigError(problems);
  // Not among what is copied above: they know how to be read.
  return Object.assign(config, { accounts });
}

/** Only exchanges that there are: a typing error would log nothing, and nobody would know why. */
function checkTransportLog(
  listed: unknown,
  exchanges: readonly string[],
  origins: ReadonlyMap<string, string>,
  problems: ConfigProblem[],
): void {
  if (!Array.isArray(listed)) return;
  for (const id of listed as readonly unknown[]) {
    if (typeof id === 'string' && exchanges.includes(id)) continue;
    problems.push({
      key: origins.get('transportLog') ?? 'transportLog',
      message: `got ${redactText(JSON.stringify(id)).slice(0, 120)}; takes exchanges of this gateway: ${exchanges.join(', ')}`,
    });
  }
}

function criticalSource({ readiness }: FileTree): SubscriptionListSource {
  const list = isTree(readiness) ? readiness.critical : undefined;
  return { variable: 'READINESS_CRITICAL', key: 'readiness.critical', list };
}

/** The file that `--config` or `CONFIG_FILE` names, if any. */
export function configPath({ argv, env }: ConfigSources): string | undefined {
  for (const [index, argument] of argv.entries()) {
    if (argument.startsWith('--config=')) return argument.slice('--config='.length);
    if (argument !== '--config') continue;
    const path = argv[index + 1];
    if (path === undefined) throw new ConfigError([{ key: '--config', message: 'takes the path of a file' }]);
    return path;
  }
  return env.CONFIG_FILE === '' ? undefined : env.CONFIG_FILE;
}

function readSetting(
  setting: Setting,
  env: ConfigSources['env'],
  file: FileTree,
): { key: string; value: unknown } | undefined {
  const text = env[setting.env];
  if (text !== undefined && text !== '') return { key: setting.env, value: setting.fromText(text) };
  let value: unknown = file;
  for (const name of setting.file) value = isTree(value) ? value[name] : undefined;
  return value === undefined || value === null ? undefined : { key: setting.file.join('.'), value };
}

function readExchanges(
  { env, adapters }: ConfigSources,
  file: FileTree,
  problems: ConfigProblem[],
): Map<string, ExchangeAdapter> {
  const fromEnv = commaList(env.EXCHANGES ?? '');
  const key = fromEnv.length > 0 ? 'EXCHANGES' : 'exchanges';
  if (file.exchanges !== undefined && file.exchanges !== null && !isTree(file.exchanges)) {
    problems.push({
      key: 'exchanges',
      message: 'takes exchange ids as keys, each with environment and urls',
    });
  }
  const fromFile = isTree(file.exchanges) ? Object.keys(file.exchanges) : [];
  const known = Object.keys(adapters);
  const ids = fromEnv.length > 0 ? fromEnv : fromFile.length > 0 ? fromFile : ['binance'];
  const exchanges = new Map<string, ExchangeAdapter>();
  // The whole file must make sense, even a part that the environment takes out of use.
  for (const id of new Set([...ids, ...fromFile])) {
    const adapter = Object.hasOwn(adapters, id) ? adapters[id]?.() : undefined;
    if (adapter === undefined) {
      const [suggestion] = nearest(id, known);
      const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
      const where = ids.includes(id) ? key : 'exchanges';
      problems.push({
        key: where,
        message: `got ${JSON.stringify(id)}; known are ${known.join(', ')}${hint}`,
      });
    } else if (ids.includes(id)) {
      exchanges.set(id, adapter);
    }
  }
  return exchanges;
}

function settingsOf(
  exchanges: ReadonlyMap<string, ExchangeAdapter>,
  file: FileTree,
  env: ConfigSources['env'],
  problems: ConfigProblem[],
): Record<string, ExchangeSettings> {
  const settings = new Map<string, ExchangeSettings>();
  for (const [id, adapter] of exchanges) {
    const part = isTree(file.exchanges) ? file.exchanges[id] : undefined;
    const read = readExchangeSettings(adapter, part, env);
    problems.push(...read.problems);
    settings.set(id, read.settings);
  }
  return Object.fromEntries(settings);
}

function accountsOf(
  exchanges: ReadonlyMap<string, ExchangeAdapter>,
  file: FileTree,
  { env, readFile }: ConfigSources,
  problems: ConfigProblem[],
): ConfiguredAccount[] {
  return [...exchanges.keys()].flatMap((id) => {
    const part = isTree(file.exchanges) ? file.exchanges[id] : undefined;
    return readAccounts(id, { env, file: part, readFile }, problems);
  });
}

function problemsOfAccount(account: ConfiguredAccount): readonly ConfigProblem[] {
  try {
    account.initial();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function problemsOf(config: GatewayConfig, origins: ReadonlyMap<string, string>): ConfigProblem[] {
  return validateSync(config)
    .filter(({ property }) => origins.has(property))
    .map(({ property, value, constraints }) => ({
      key: origins.get(property) ?? property,
      message: `${shown(property, value)}takes ${Object.values(constraints ?? {})[0] ?? ''}`,
    }));
}

/** What came, unless it may hold a password in any place. */
function shown(property: string, value: unknown): string {
  return property === 'proxy' ? '' : `got ${redactText(JSON.stringify(value)).slice(0, 120)}; `;
}
