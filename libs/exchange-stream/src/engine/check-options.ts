import type { Environment, ExchangeAdapter } from '../contract/index.ts';
import { ACCOUNT_NAME_FORM, DEFAULT_ACCOUNT, isAccountName } from './credentials/credentials-source.ts';
import { checkDefinitions } from './custom-connection/check-definition.ts';
import { InvalidOptionsError } from './errors.ts';
import {
  withDefaults,
  type EngineTuning,
  type ExchangeSettings,
  type ExchangeStreamOptions,
} from './options.ts';
import { parseProxy, PROXY_FORMS } from './route/proxy-url.ts';

/** The longest time that timers take, in milliseconds; far above any sensible size in bytes. */
const MAX_TUNING = 2 ** 31 - 1;

/** Updates of a book that may wait to be put in order, and for how long: what waits is not shown. */
const MAX_ORDERED_UPDATES = 1_000;
const MAX_ORDER_MS = 10_000;

const ENVIRONMENTS = ['live', 'testnet'];

/**
 * Refuses options that cannot work, before anything is made of them.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkOptions(options: ExchangeStreamOptions): void {
  const { exchanges, settings = {}, proxy, tuning = {}, requestReporter } = options;
  const adapters = new Map<string, ExchangeAdapter>();
  for (const adapter of exchanges) {
    if (adapters.has(adapter.exchange)) {
      throw new InvalidOptionsError(
        `exchanges: "${adapter.exchange}" stands there twice; each exchange once.`,
      );
    }
    adapters.set(adapter.exchange, adapter);
  }
  for (const [exchange, of] of Object.entries(settings)) {
    const adapter = adapters.get(exchange);
    if (!adapter) {
      const known = [...adapters.keys()].join(', ') || 'none';
      throw new InvalidOptionsError(`settings: "${exchange}" is not among the exchanges. Allowed: ${known}.`);
    }
    checkSettings(`settings.${exchange}`, of, adapter);
  }
  if (proxy !== undefined) checkProxy('proxy', proxy);
  checkMethods('credentialsProvider', options.credentialsProvider, ['credentialsOf']);
  checkMethods('instrumentStore', options.instrumentStore, ['load', 'save']);
  checkReporter('requestReporter', requestReporter);
  checkTuning(tuning);
}

/**
 * Refuses settings of one exchange that cannot work.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkSettings(
  path: string,
  {
    environment,
    urls = {},
    proxy,
    credentials,
    accounts = {},
    connections = [],
    trafficTimeoutMs,
    requireMatch,
    requestReporter,
    sortBookUpdates,
  }: ExchangeSettings,
  adapter: ExchangeAdapter,
): void {
  if (proxy !== undefined && proxy !== 'direct') checkProxy(`${path}.proxy`, proxy);
  checkCredentials(`${path}.credentials`, credentials);
  checkAccounts(`${path}.accounts`, accounts);
  if (trafficTimeoutMs !== undefined) checkNumber(`${path}.trafficTimeoutMs`, trafficTimeoutMs);
  checkReporter(`${path}.requestReporter`, requestReporter);
  checkSorting(`${path}.sortBookUpdates`, sortBookUpdates);
  if (requireMatch !== undefined && typeof requireMatch !== 'boolean')
    throw new InvalidOptionsError(
      `${path}.requireMatch: got ${typeof requireMatch}. Allowed: true or false.`,
    );
  checkDefinitions(`${path}.connections`, connections, adapter);
  if (environment !== undefined && !ENVIRONMENTS.includes(environment)) {
    throw new InvalidOptionsError(
      `${path}.environment: got ${JSON.stringify(environment)}. Allowed: ${ENVIRONMENTS.join(', ')}.`,
    );
  }
  const keys = [...Object.keys(adapter.endpoints), 'rest'];
  if (environment !== undefined) checkHosts(path, environment, urls, adapter);
  for (const [key, given] of Object.entries(urls)) {
    if (!keys.includes(key)) {
      throw new InvalidOptionsError(`${path}.urls: no endpoint "${key}". Allowed: ${keys.join(', ')}.`);
    }
    const list = [given].flat();
    if (list.length === 0)
      throw new InvalidOptionsError(`${path}.urls.${key}: the list is empty. Leave the key out instead.`);
    for (const url of list) checkUrl(`${path}.urls.${key}`, url, key === 'rest' ? 'http' : 'ws');
  }
}

/** Not every exchange has a testnet. */
function checkHosts(
  path: string,
  environment: Environment,
  urls: NonNullable<ExchangeSettings['urls']>,
  { endpoints, rest, exchange }: ExchangeAdapter,
): void {
  const hosts = { ...endpoints, rest };
  const missing = Object.entries(hosts).find(
    ([key, { baseUrls }]) => urls[key] === undefined && baseUrls[environment].length === 0,
  );
  if (missing)
    throw new InvalidOptionsError(
      `${path}.environment: ${exchange} has no ${environment}. Leave it out, or name hosts of yours for "${missing[0]}" by "urls".`,
    );
}

/**
 * Refuses what can be no credentials. Never names a value: whatever stands there may be a secret in the wrong place.
 * @throws InvalidOptionsError
 */
export function checkCredentials(path: string, credentials: unknown): void {
  if (credentials === undefined || typeof credentials === 'function') return;
  const allowed = 'Allowed: { key, secret, passphrase? }, or a function that returns it or a promise of it.';
  if (typeof credentials !== 'object' || credentials === null)
    throw new InvalidOptionsError(
      `${path}: got ${credentials === null ? 'null' : typeof credentials}. ${allowed}`,
    );
  for (const name of ['key', 'secret'])
    if (typeof Reflect.get(credentials, name) !== 'string')
      throw new InvalidOptionsError(`${path}.${name}: got no text. ${allowed}`);
}

function checkAccounts(path: string, accounts: Readonly<Record<string, unknown>>): void {
  for (const [name, credentials] of Object.entries(accounts)) {
    // Not the name itself: it may be a key in the wrong place.
    if (!isAccountName(name) || name === DEFAULT_ACCOUNT)
      throw new InvalidOptionsError(
        `${path}: a name that none can have. Allowed: ${ACCOUNT_NAME_FORM}; the credentials of "${DEFAULT_ACCOUNT}" stand in "credentials".`,
      );
    if (credentials === undefined)
      throw new InvalidOptionsError(`${path}.${name}: got undefined. Leave the account out instead.`);
    checkCredentials(`${path}.${name}`, credentials);
  }
}

function checkMethods(path: string, value: object | null | undefined, methods: readonly string[]): void {
  if (value === undefined) return;
  const isOne = typeof value === 'object' && value !== null;
  if (isOne && methods.every((method) => typeof Reflect.get(value, method) === 'function')) return;
  throw new InvalidOptionsError(`${path}: got none. Allowed: an object with ${methods.join(' and ')}.`);
}

function checkReporter(path: string, reporter: unknown): void {
  if (reporter !== undefined && typeof reporter !== 'function')
    throw new InvalidOptionsError(`${path}: got ${typeof reporter}. Allowed: a function.`);
}

function checkUrl(path: string, url: string, scheme: 'http' | 'ws'): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isAllowed = parsed?.protocol === `${scheme}:` || parsed?.protocol === `${scheme}s:`;
  if (!parsed || !isAllowed || parsed.search !== '' || parsed.hash !== '') {
    // Not the text itself: a URL may carry credentials.
    const came = parsed ? `${parsed.protocol}//${parsed.host}` : 'no URL';
    throw new InvalidOptionsError(
      `${path}: got ${came}. Allowed: ${scheme}:// or ${scheme}s:// with host and port, without query, such as "${scheme}://127.0.0.1:9001".`,
    );
  }
}

/**
 * Refuses what is no URL of a proxy.
 * @throws InvalidOptionsError which does not repeat it: it may hold a password
 */
export function checkProxy(path: string, url: string): void {
  if (!parseProxy(url)) {
    throw new InvalidOptionsError(`${path}: this is no proxy. Allowed: ${PROXY_FORMS}.`);
  }
}

function checkTuning(tuning: EngineTuning): void {
  const known = Object.keys(withDefaults());
  for (const [key, value] of Object.entries<unknown>({ ...tuning })) {
    if (!known.includes(key))
      throw new InvalidOptionsError(`tuning: no key "${key}". Allowed: ${known.join(', ')}.`);
    // What may be switched off.
    if (key === 'tradeBackfillMs' && value === 0) continue;
    if (value !== undefined) checkNumber(`tuning.${key}`, value);
  }
}

function checkSorting(path: string, order: unknown): void {
  if (order === undefined || order === 'off') return;
  if (typeof order !== 'object' || order === null)
    throw new InvalidOptionsError(
      `${path}: got ${JSON.stringify(order)}. Allowed: "off", or { by?, updates?, withinMs? }.`,
    );
  const { by, updates, withinMs }: Partial<Record<string, unknown>> = { ...order };
  if (by !== undefined && by !== 'id' && by !== 'time')
    throw new InvalidOptionsError(`${path}.by: got ${JSON.stringify(by)}. Allowed: id, time.`);
  checkWhole(`${path}.updates`, updates, MAX_ORDERED_UPDATES);
  checkWhole(`${path}.withinMs`, withinMs, MAX_ORDER_MS);
}

function checkWhole(path: string, value: unknown, most: number): void {
  if (
    value === undefined ||
    (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most)
  )
    return;
  throw new InvalidOptionsError(
    `${path}: got ${JSON.stringify(value)}. Allowed: a whole number from 1 to ${most}.`,
  );
}

function checkNumber(path: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= MAX_TUNING) return;
  throw new InvalidOptionsError(
    `${path}: got ${JSON.stringify(value)}. Allowed: a number above 0, at most ${MAX_TUNING}.`,
  );
}
