/** One channel of a request, with the products that are asked for on it. */
export interface AskedChannel {
  readonly name: string;
  readonly productIds: readonly string[];
}

/** What a client asks of its socket: several channels at a time. */
export interface ControlRequest {
  readonly type: 'subscribe' | 'unsubscribe';
  readonly channels: readonly AskedChannel[];
  /** Whose keys sign it; undefined without. Any signature holds. */
  readonly account: string | undefined;
}

/** A message that is no request. */
export class ControlRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ControlRequestError';
  }
}

/** Reads a client's message. Keys that nobody knows are passed over. @throws ControlRequestError */
export function parseControlRequest(text: string): ControlRequest {
  const message = parseObject(text);
  const { type, channels } = message;
  if (type !== 'subscribe' && type !== 'unsubscribe')
    throw new ControlRequestError(`type ${JSON.stringify(type)} is not known`);
  if (!Array.isArray(channels) || channels.length === 0)
    throw new ControlRequestError('channels must be a list of channels');
  const productIds = productsOf(message);
  const asked = channels.map((channel: unknown) => channelOf(channel, productIds));
  return { type, channels: asked, account: accountOf(message) };
}

function channelOf(channel: unknown, productIds: readonly string[]): AskedChannel {
  if (typeof channel === 'string') return { name: channel, productIds };
  if (!isObject(channel) || typeof channel['name'] !== 'string')
    throw new ControlRequestError('a channel is a name, or an object with a name');
  return { name: channel['name'], productIds: [...new Set([...productIds, ...productsOf(channel)])] };
}

function productsOf({ product_ids: ids = [] }: Fields): readonly string[] {
  if (!Array.isArray(ids) || !ids.every((id): id is string => typeof id === 'string'))
    throw new ControlRequestError('product_ids must be a list of products');
  return ids;
}

/** Who signs: all four fields are there, and the time is one. */
function accountOf({ key, signature, passphrase, timestamp }: Fields): string | undefined {
  const isSigned = [key, signature, passphrase].every((field) => typeof field === 'string' && field !== '');
  return isSigned && Number(timestamp) > 0 ? String(key) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ControlRequestError('the message is no JSON');
  }
  if (!isObject(value)) throw new ControlRequestError('the message is no object');
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
