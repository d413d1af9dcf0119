import { LabError, type LabId } from './lab.errors.ts';
import type { EntryDialect, LabDialects } from './lab.options.ts';

const MAX_ID_LENGTH = 64;

/** A message of the client that is no text `ping`. */
export type LabRequest =
  | { readonly op: 'subscribe' | 'unsubscribe'; readonly id: LabId; readonly topics: readonly string[] }
  | {
      readonly op: 'login';
      readonly id: LabId;
      readonly key: string;
      /** The time, or the nonce. */
      readonly signed: number;
      readonly signature: string;
    }
  | { readonly op: 'ping'; readonly id: LabId }
  | { readonly op: 'flags'; readonly id: LabId; readonly flags: number }
  | { readonly op: 'test'; readonly test: number }
  | {
      readonly op: 'order.place';
      readonly id: LabId;
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly price: string;
      readonly amount: string;
    }
  | { readonly op: 'order.cancel'; readonly id: LabId; readonly orderId: string };

/** @throws LabError 6 with the request's id, where it could be read */
export function parseRequest(text: string, { ids, entry }: LabDialects): LabRequest {
  const message = new Message(text, ids);
  const op = message.text('op');
  switch (op) {
    case 'subscribe':
    case 'unsubscribe':
      return { op, id: message.id(), topics: message.texts('topics') };
    case 'login':
      return login(message, entry);
    case 'ping':
      return { op, id: message.id() };
    case 'flags':
      return { op, id: message.id(), flags: message.integer('flags') };
    case 'test':
      return { op, test: message.integer('test') };
    case 'order.place':
      return {
        op,
        id: message.id(),
        symbol: message.text('symbol'),
        side: message.side(),
        price: message.text('price'),
        amount: message.text('amount'),
      };
    case 'order.cancel':
      return { op, id: message.id(), orderId: message.text('orderId') };
    default:
      throw message.malformed(`op ${JSON.stringify(op)} is unknown`);
  }
}

function login(message: Message, entry: EntryDialect): LabRequest {
  if (entry === 'token' || entry === 'listen') throw message.malformed('op "login" is unknown');
  const signed = message.integer(entry === 'nonce' ? 'nonce' : 'time');
  if (signed < 1) throw message.malformed('what is signed must be positive');
  return {
    op: 'login',
    id: message.id(),
    key: message.text('key'),
    signed,
    signature: message.text('signature'),
  };
}

/** Reads the fields of one JSON object. */
class Message {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    text: string,
    private readonly ids: LabDialects['ids'],
  ) {
    const value = parseJson(text);
    if (!isObject(value)) throw new LabError(6, 'an object is expected');
    this.fields = value;
  }

  id(): LabId {
    if (this.ids === 'text') return this.textId();
    const id = this.integer('id');
    if (id < 1) throw this.malformed('id must be a positive integer');
    return id;
  }

  private textId(): string {
    const id = this.text('id');
    if (id.length < 1 || id.length > MAX_ID_LENGTH) throw this.malformed('id must be 1 to 64 characters');
    return id;
  }

  integer(name: string): number {
    const value = this.fields[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      throw this.malformed(`${name} must be an integer`);
    return value;
  }

  text(name: string): string {
    const value = this.fields[name];
    if (typeof value !== 'string') throw this.malformed(`${name} must be a string`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.fields[name];
    if (!Array.isArray(value) || value.length === 0)
      throw this.malformed(`${name} must be a list of strings`);
    return value.map((entry: unknown) => {
      if (typeof entry !== 'string') throw this.malformed(`${name} must be a list of strings`);
      return entry;
    });
  }

  side(): 'buy' | 'sell' {
    const side = this.text('side');
    if (side !== 'buy' && side !== 'sell') throw this.malformed('side must be buy or sell');
    return side;
  }

  malformed(detail: string): LabError {
    const { id } = this.fields;
    return new LabError(6, detail, typeof id === 'number' || typeof id === 'string' ? id : undefined);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LabError(6, 'this is no JSON');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
