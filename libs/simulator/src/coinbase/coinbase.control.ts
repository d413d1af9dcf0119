import type { ViolationRule } from '../simulated-exchange.ts';

/** What a client asks of its socket: one channel at a time. */
export interface ControlRequest {
  readonly type: 'subscribe' | 'unsubscribe';
  readonly channel: string;
  /** Empty where the client names none. */
  readonly productIds: readonly string[];
}

/** A message that is no request, or one that asks for too much. */
export class ControlRequestError extends Error {
  constructor(
    message: string,
    readonly rule: ViolationRule = 'invalid-request',
  ) {
    super(message);
    this.name = 'ControlRequestError';
  }
}

/** Reads a client's message. Keys that nobody knows are passed over. @throws ControlRequestError */
export function parseControlRequest(text: string): ControlRequest {
  const { type, channel, channels, product_ids: productIds = [] } = parseObject(text);
  if (type !== 'subscribe' && type !== 'unsubscribe')
    throw new ControlRequestError(`type is ${JSON.stringify(type)}`);
  if (Array.isArray(channel) || channels !== undefined)
    throw new ControlRequestError('one channel to a message is allowed', 'topics-per-message');
  if (typeof channel !== 'string') throw new ControlRequestError('channel is no text');
  if (!isListOfTexts(productIds)) throw new ControlRequestError('product_ids is no list of texts');
  return { type, channel, productIds };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ControlRequestError('the message is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ControlRequestError('the message is no object');
  return value as Readonly<Record<string, unknown>>;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
