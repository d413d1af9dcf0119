/** What a client asks of its socket. */
export type ControlRequest = {
  /** As the client sent it; undefined without one. Clients send texts and numbers. */
  readonly reqId: unknown;
} & (
  { readonly op: 'ping' } | { readonly op: 'subscribe' | 'unsubscribe'; readonly topics: readonly string[] }
);

/** A message that is no request, or none that a public socket takes. */
export class ControlRequestError extends Error {
  constructor(
    readonly op: string,
    message: string,
  ) {
    super(message);
    this.name = 'ControlRequestError';
  }
}

/** Reads a client's message. Keys that nobody knows are passed over. @throws ControlRequestError */
export function parseControlRequest(text: string): ControlRequest {
  const { op, args, req_id: reqId } = parseObject(text);
  switch (op) {
    case 'ping':
      return { op, reqId };
    case 'subscribe':
    case 'unsubscribe':
      return { op, reqId, topics: topicsOf(op, args) };
    default: {
      const name = typeof op === 'string' ? op : '';
      throw new ControlRequestError(name, `op is not supported: ${name}`);
    }
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ControlRequestError('', 'The message is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ControlRequestError('', 'The message is not an object.');
  return value as Readonly<Record<string, unknown>>;
}

function topicsOf(op: string, args: unknown): readonly string[] {
  if (!Array.isArray(args) || args.length === 0)
    throw new ControlRequestError(op, 'args must be a list of topics.');
  return args.map((topic: unknown) => {
    if (typeof topic !== 'string') throw new ControlRequestError(op, 'args must be a list of topics.');
    return topic;
  });
}
