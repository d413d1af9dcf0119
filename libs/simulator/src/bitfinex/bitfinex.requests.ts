/** An object that a client sent, field by field; nothing of it is believed yet. */
export type BitfinexRequest = Readonly<Record<string, unknown>>;

/** @returns undefined for what is no JSON, or neither an object nor an array: none of it gets an answer */
export function parseMessage(text: string): BitfinexRequest | readonly unknown[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null ? (value as BitfinexRequest) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
