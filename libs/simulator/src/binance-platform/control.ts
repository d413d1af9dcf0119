/** A request by which a client changes what its connection receives. */
export type ControlRequest = { readonly id: string } & (
  | { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly params: readonly string[] }
  | { readonly method: 'LIST_SUBSCRIPTIONS' | 'GET_PROPERTY' }
  | { readonly method: 'SET_PROPERTY'; readonly combined: boolean }
);

/** What Binance answers to a request it cannot take. */
export interface ControlError {
  /** 0 unknown property, 1 wrong type of value, 2 invalid request, 3 invalid JSON. */
  readonly code: 0 | 1 | 2 | 3;
  readonly msg: string;
  /** The request's id as JSON text, where it could be read. */
  readonly id?: string;
}

export class ControlRequestError extends Error {
  constructor(readonly reply: ControlError) {
    super(reply.msg);
    this.name = 'ControlRequestError';
  }
}

const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'] as const;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * Reads a client's message. Ids are kept as JSON text: they may be 64-bit integers, which a double would round.
 * @throws ControlRequestError with the reply that Binance gives
 */
export function parseControlRequest(text: string): ControlRequest {
  const message = parseJson(text);
  const id = requestId(message['id'], text);
  const { params, method } = message;
  switch (METHODS.find((known) => known === method)) {
    case 'SUBSCRIBE':
      return { id, method: 'SUBSCRIBE', params: streamNames(params, id) };
    case 'UNSUBSCRIBE':
      return { id, method: 'UNSUBSCRIBE', params: streamNames(params, id) };
    case 'LIST_SUBSCRIPTIONS':
      return { id, method: 'LIST_SUBSCRIPTIONS' };
    case 'GET_PROPERTY':
      property(params, id);
      return { id, method: 'GET_PROPERTY' };
    case 'SET_PROPERTY': {
      const value = property(params, id);
      if (typeof value !== 'boolean') {
        throw new ControlRequestError({ code: 1, msg: 'Invalid value type: expected Boolean', id });
      }
      return { id, method: 'SET_PROPERTY', combined: value };
    }
    case undefined:
      throw invalid(
        method === undefined
          ? 'missing field `method`'
          : `unknown variant ${JSON.stringify(method)}, expected one of ${METHODS.map((name) => `\`${name}\``).join(', ')}`,
        id,
      );
  }
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'expected value';
    throw new ControlRequestError({ code: 3, msg: `Invalid JSON: ${detail}` });
  }
  if (!isObject(value)) throw invalid('expected an object');
  return value;
}

function requestId(value: unknown, text: string): string {
  if (value === undefined || value === null) return 'null';
  // 36 characters is the length of a UUID, so hyphens belong to the alphabet.
  if (typeof value === 'string' && /^[\w-]{0,36}$/.test(value)) return JSON.stringify(value);
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (Number.isSafeInteger(value)) return String(value);
    const digits = /"id"\s*:\s*(-?\d+)\s*[,}]/.exec(text)?.[1];
    if (digits !== undefined && BigInt(digits) >= INT64.min && BigInt(digits) <= INT64.max) return digits;
  }
  throw invalid(
    'request ID must be a signed 64-bit integer, an alphanumeric string of up to 36 characters or null',
  );
}

function streamNames(params: unknown, id: string): readonly string[] {
  if (!Array.isArray(params)) throw invalid('params must be an array of stream names', id);
  return params.map((name: unknown) => {
    if (typeof name !== 'string') throw invalid('stream name must be a string', id);
    return name;
  });
}

/** Checks the property's name, and gives the value that follows it. */
function property(params: unknown, id: string): unknown {
  const given: readonly unknown[] = Array.isArray(params) ? params : [];
  const [name, value] = given;
  if (typeof name !== 'string') throw invalid('property name must be a string', id);
  if (name !== 'combined') throw new ControlRequestError({ code: 0, msg: 'Unknown property', id });
  return value;
}

export function invalid(detail: string, id?: string): ControlRequestError {
  return new ControlRequestError({
    code: 2,
    msg: `Invalid request: ${detail}`,
    ...(id !== undefined && { id }),
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
