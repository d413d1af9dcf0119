import type { RestRequest } from '@exchange-stream/simulator';
import type { LabEntrance, Violate } from './lab.entrance.ts';
import { LabError } from './lab.errors.ts';
import type { Payload } from './lab.frames.ts';

const TOKEN_PATH = '/api/token';

type Serve = (account: string, request: RestRequest, violate: Violate) => Payload;

/** The signed REST calls. */
export class LabSignedCalls {
  private readonly calls: ReadonlyMap<string, Serve> = new Map([
    [`POST ${TOKEN_PATH}`, (account) => this.issue(account)],
    [`PUT ${TOKEN_PATH}`, (account, request, violate) => this.prolong(account, request, violate)],
  ] satisfies [string, Serve][]);

  constructor(private readonly entrance: LabEntrance) {}

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
