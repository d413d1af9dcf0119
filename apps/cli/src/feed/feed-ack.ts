import { isRecord } from './feed-message.ts';

/** What the gateway answered to a `subscribe`. */
export interface SubscribeAck {
  readonly joined: readonly { readonly ch: string; readonly epoch: string; readonly seq: number }[];
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
}

/** Reads an answer; what is not one counts as a refusal that may pass. */
export function readAck(value: unknown): SubscribeAck {
  if (!isRecord(value)) return { joined: [], refusals: [{ message: 'no answer', temporary: true }] };
  const { ok, failed, error } = value;
  return {
    joined: list(ok).flatMap((entry) => readJoined(entry) ?? []),
    refusals: [...list(failed), ...(error === undefined ? [] : [error])].map(readRefusal),
  };
}

export function readRefusal(value: unknown): Refusal {
  const { code, message, temporary } = isRecord(value) ? value : {};
  return { message: `${String(message)} (${String(code)})`, temporary: temporary === true };
}

function readJoined(value: unknown): SubscribeAck['joined'][number] | undefined {
  if (!isRecord(value)) return undefined;
  const { ch, epoch, seq } = value;
  if (typeof ch !== 'string' || typeof epoch !== 'string' || typeof seq !== 'number') return undefined;
  return { ch, epoch, seq };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
