import type { RestRequest } from '@exchange-stream/simulator';
import type { LabAccounts } from './lab.accounts.ts';
import type { LabEntrance, Violate } from './lab.entrance.ts';
import { LabError } from './lab.errors.ts';
import type { Payload } from './lab.frames.ts';
import type { PrivateKind } from './lab.private-rows.ts';

const TOKEN_PATH = '/api/token';
const MOST_FILLS = 1000;

type Serve = (account: string, request: RestRequest, violate: Violate) => Payload;

/** The signed REST calls. */
export class LabSignedCalls {
  private readonly calls: ReadonlyMap<string, Serve> = new Map([
    [`POST ${TOKEN_PATH}`, (account) => this.issue(account)],
    [`PUT ${TOKEN_PATH}`, (account, request, violate) => this.prolong(account, request, violate)],
    ['GET /api/orders', (account) => this.rows(account, 'orders')],
    ['GET /api/balances', (account) => this.rows(account, 'balances')],
    ['GET /api/positions', (account) => this.rows(account, 'positions')],
    ['GET /api/fills', (account, { query }) => this.fills(account, query)],
  ] satisfies [string, Serve][]);

  constructor(
    private readonly entrance: LabEntrance,
    private readonly accounts: LabAccounts,
  ) {}

  /** @returns undefined for what is no signed call @throws LabError 6, 7, 10, 11 */
  answer(request: RestRequest, violate: Violate): Payload | undefined {
    const serve = this.calls.get(`${request.method} ${request.path}`);
    return serve?.(this.entrance.caller(request, violate), request, violate);
  }

  private issue(account: string): Payload {
    const { tokens } = this.entrance;
    return { token: tokens.issue(account).text, lifetimeMs: tokens.lifetimeMs };
  }

  private prolong(account: string, { body }: RestRequest, violate: Violate): Payload {
    this.entrance.prolong(tokenIn(body), account, violate);
    return { lifetimeMs: this.entrance.tokens.lifetimeMs };
  }

  private rows(account: string, kind: PrivateKind): Payload {
    return { [kind]: this.accounts.of(account).rows[kind] };
  }

  /** The latest ones, unless the caller says after which to begin. */
  private fills(account: string, query: URLSearchParams): Payload {
    const after = wholeNumber(query, 'after');
    const limit = Math.min(wholeNumber(query, 'limit') ?? MOST_FILLS, MOST_FILLS);
    const { fills } = this.accounts.of(account).rows;
    if (after === undefined) return { fills: limit === 0 ? [] : fills.slice(-limit) };
    return { fills: fills.filter(({ fillId }) => Number(fillId) > after).slice(0, limit) };
  }
}

/** @throws LabError 6 */
function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text !== null && !/^\d+$/.test(text)) throw new LabError(6, `${name} must be a whole number`);
  return text === null ? undefined : Number(text);
}

/** @throws LabError 6 */
function tokenIn(body: string): string {
  const malformed = new LabError(6, 'the body must be {"token":"…"}');
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw malformed;
  }
  if (typeof value !== 'object' || value === null || !('token' in value)) throw malformed;
  if (typeof value.token !== 'string') throw malformed;
  return value.token;
}
