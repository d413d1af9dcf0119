import { isWireObject } from '../decoder/fields.ts';
import { partsOf } from './coinbase-exchange.topics.ts';

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // It is answered with an error: it subscribes nothing.
  }
  if (!isWireObject(message) || message.type !== 'subscribe' || !Array.isArray(message.channels)) return [];
  const { channels, product_ids: ofAll } = message;
  return channels.flatMap((channel: unknown) => topicsOf(channel, ofAll));
}

/** The topics of one channel, as requests and their answers write it: a name, or a name and its products. */
export function topicsOf(channel: unknown, ofAll?: unknown): readonly string[] {
  const { name, product_ids: own = ofAll } = isWireObject(channel) ? channel : { name: channel };
  if (typeof name !== 'string') return [];
  if (partsOf(name) !== undefined) return [name];
  return Array.isArray(own) ? own.map((product) => `${name}:${String(product)}`) : [];
}
