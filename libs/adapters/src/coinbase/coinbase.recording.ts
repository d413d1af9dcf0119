import { isWireObject } from '../decoder/fields.ts';

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Coinbase answers it with an error: it subscribes nothing.
  }
  if (!isWireObject(message) || message.type !== 'subscribe' || typeof message.channel !== 'string')
    return [];
  const { channel, product_ids: products } = message;
  // Some name products all the same; heartbeats are of the connection.
  if (channel === 'heartbeats' || channel === 'status') return [channel];
  if (!Array.isArray(products)) return [];
  return products.filter((product) => typeof product === 'string').map((product) => `${channel}:${product}`);
}
