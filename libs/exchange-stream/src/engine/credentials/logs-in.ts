import type { ExchangeAdapter } from '../../contract/index.ts';

const known = new WeakMap<ExchangeAdapter, Map<string, boolean>>();

/**
 * Whether connections to an endpoint log in. Asked of a session that no connection uses: it is the session that knows how
 * to log in, or need not.
 */
export function logsIn(adapter: ExchangeAdapter, endpointKey: string): boolean {
  const endpoints = known.get(adapter) ?? new Map<string, boolean>();
  known.set(adapter, endpoints);
  let answer = endpoints.get(endpointKey);
  if (answer === undefined) {
    const endpoint = Object.hasOwn(adapter.endpoints, endpointKey)
      ? adapter.endpoints[endpointKey]
      : undefined;
    const url = `${endpoint?.baseUrls.live[0] ?? 'wss://nowhere.invalid'}${endpoint?.path ?? ''}`;
    const session = adapter.createSession({ endpoint: endpointKey, url, nextId: () => 0 });
    answer = session.login !== undefined || endpoint?.token?.issue.isSigned === true;
    endpoints.set(endpointKey, answer);
  }
  return answer;
}

/** Whether connections to any of its endpoints do. */
export function anyLogsIn(adapter: ExchangeAdapter): boolean {
  return Object.keys(adapter.endpoints).some((key) => logsIn(adapter, key));
}
