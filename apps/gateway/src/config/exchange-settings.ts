import type { ExchangeSettings } from '@exchange-stream/nestjs';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { parseProxy, PROXY_FORMS } from '@exchange-stream/nestjs/engine';
import { redactText } from '../log/redaction.ts';
import type { ConfigProblem } from './config-error.ts';
import { variablePrefix } from './account-settings.ts';
import { isTree, unknownKeys, type FileTree } from './config-file.ts';
import { commaList } from './settings.ts';

/** A day. */
const MAX_TIMEOUT_MS = 86_400_000;

const ENVIRONMENTS = ['live', 'testnet'] as const;

/** Of an exchange in the file; accounts have a reader of their own. */
const KEYS = ['environment', 'urls', 'proxy', 'trafficTimeoutMs', 'credentials', 'accounts'];

/** An exchange's settings as far as they were told, and what is wrong with them. */
export interface ReadExchangeSettings {
  readonly settings: ExchangeSettings;
  readonly problems: readonly ConfigProblem[];
}

/** The environment variables that settle one exchange: `BINANCE_WS_URL` for `binance`. */
export function exchangeVariables(
  exchange: string,
): Record<'environment' | 'webSocketUrl' | 'restUrl' | 'proxyUrl' | 'trafficTimeout', string> {
  const prefix = variablePrefix(exchange);
  return {
    environment: `${prefix}_ENVIRONMENT`,
    webSocketUrl: `${prefix}_WS_URL`,
    restUrl: `${prefix}_REST_URL`,
    proxyUrl: `${prefix}_PROXY_URL`,
    trafficTimeout: `${prefix}_TRAFFIC_TIMEOUT_MS`,
  };
}

/** Reads one exchange's settings from its part of the file, and from the environment, which wins. */
export function readExchangeSettings(
  adapter: ExchangeAdapter,
  file: unknown,
  env: Readonly<Record<string, string | undefined>>,
): ReadExchangeSettings {
  const reader = new SettingsReader(adapter);
  reader.readFile(file);
  reader.readEnvironment(env);
  return reader.result();
}

class SettingsReader {
  private readonly problems: ConfigProblem[] = [];
  private readonly urls = new Map<string, readonly string[]>();
  private environment: (typeof ENVIRONMENTS)[number] | undefined;
  private proxy: string | undefined;
  private trafficTimeoutMs: number | undefined;
  private readonly sockets: readonly string[];

  constructor(private readonly adapter: ExchangeAdapter) {
    this.sockets = Object.keys(adapter.endpoints);
  }

  readFile(file: unknown): void {
    if (file === undefined || file === null) return;
    const prefix = `exchanges.${this.adapter.exchange}`;
    if (!isTree(file)) {
      this.problems.push({
        key: prefix,
        message: `takes the keys ${KEYS.join(', ')}`,
      });
      return;
    }
    this.problems.push(...unknownKeys(file, KEYS, `${prefix}.`));
    if (file.environment !== undefined) this.setEnvironment(`${prefix}.environment`, file.environment);
    if (file.urls !== undefined) this.readFileUrls(`${prefix}.urls`, file.urls);
    if (file.proxy !== undefined) this.setProxy(`${prefix}.proxy`, file.proxy);
    if (file.trafficTimeoutMs !== undefined) {
      this.setTrafficTimeout(`${prefix}.trafficTimeoutMs`, file.trafficTimeoutMs);
    }
  }

  readEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    const variables = exchangeVariables(this.adapter.exchange);
    const environment = env[variables.environment];
    if (environment !== undefined && environment !== '') {
      this.setEnvironment(variables.environment, environment);
    }
    const webSocket = commaList(env[variables.webSocketUrl] ?? '');
    if (webSocket.length > 0) {
      for (const endpoint of this.sockets) this.setUrls(variables.webSocketUrl, endpoint, webSocket);
    }
    const rest = commaList(env[variables.restUrl] ?? '');
    if (rest.length > 0) this.setUrls(variables.restUrl, 'rest', rest);
    const proxy = env[variables.proxyUrl]?.trim() ?? '';
    if (proxy !== '') this.setProxy(variables.proxyUrl, proxy);
    const timeout = env[variables.trafficTimeout]?.trim() ?? '';
    if (timeout !== '') this.setTrafficTimeout(variables.trafficTimeout, Number(timeout));
  }

  result(): ReadExchangeSettings {
    const settings: ExchangeSettings = {
      ...(this.environment !== undefined && { environment: this.environment }),
      ...(this.proxy !== undefined && { proxy: this.proxy }),
      ...(this.trafficTimeoutMs !== undefined && { trafficTimeoutMs: this.trafficTimeoutMs }),
      ...(this.urls.size > 0 && { urls: Object.fromEntries(this.urls) }),
    };
    return { settings, problems: this.problems };
  }

  private setEnvironment(key: string, value: unknown): void {
    this.environment = ENVIRONMENTS.find((environment) => environment === value);
    if (this.environment === undefined) {
      this.problems.push({ key, message: `got ${shown(value)}; takes one of ${ENVIRONMENTS.join(', ')}` });
    }
  }

  private setProxy(key: string, value: unknown): void {
    if (typeof value === 'string' && (value === 'direct' || parseProxy(value))) this.proxy = value;
    // What came is not shown: it may hold a password.
    else this.problems.push({ key, message: `takes direct, or ${PROXY_FORMS}` });
  }

  private setTrafficTimeout(key: string, value: unknown): void {
    if (typeof value === 'number' && value >= 1_000 && value <= MAX_TIMEOUT_MS) this.trafficTimeoutMs = value;
    else
      this.problems.push({
        key,
        message: `got ${shown(value)}; takes 1000 to ${MAX_TIMEOUT_MS} milliseconds`,
      });
  }

  private readFileUrls(key: string, urls: unknown): void {
    const known = [...this.sockets, 'rest'];
    if (!isTree(urls)) {
      this.problems.push({ key, message: `takes the keys ${known.join(', ')}` });
      return;
    }
    this.problems.push(...unknownKeys(urls, known, `${key}.`));
    for (const [endpoint, value] of entriesOf(urls, known)) {
      this.setUrls(`${key}.${endpoint}`, endpoint, Array.isArray(value) ? (value as unknown[]) : [value]);
    }
  }

  private setUrls(key: string, endpoint: string, values: readonly unknown[]): void {
    const schemes = endpoint === 'rest' ? ['http:', 'https:'] : ['ws:', 'wss:'];
    const urls: string[] = [];
    for (const value of values) {
      if (typeof value === 'string' && isBaseUrl(value, schemes)) urls.push(value.replace(/\/$/, ''));
      else {
        const example = `${schemes[1] ?? ''}//host:port`;
        this.problems.push({ key, message: `got ${shown(value)}; takes a base URL such as ${example}` });
      }
    }
    this.urls.set(endpoint, urls);
  }
}

function entriesOf(tree: FileTree, known: readonly string[]): [string, unknown][] {
  return Object.entries(tree).filter(([key]) => known.includes(key));
}

function isBaseUrl(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol) && url.search === '' && url.hash === '' && url.username === '';
}

function shown(value: unknown): string {
  return redactText(JSON.stringify(value) ?? 'nothing').slice(0, 120);
}
