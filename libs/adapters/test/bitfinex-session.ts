import type { Session } from '@exchange-stream/nestjs/contract';
import { bitfinex, type BitfinexOptions } from '../src/bitfinex/bitfinex.adapter.ts';
import { RecordingSink, type Call } from './recording-sink.ts';

/** A session of a fresh socket. */
export function openBitfinex(options: BitfinexOptions = {}, endpoint = 'public'): Session {
  let id = 0;
  const url = endpoint === 'public' ? 'wss://api-pub.bitfinex.com/ws/2' : 'wss://api.bitfinex.com/ws/2';
  return bitfinex(options).createSession({ endpoint, url, nextId: () => String(++id) });
}

/** What a session makes of one frame when these topics are wanted. */
export function receive(frame: string | object, wanted: readonly string[], session: Session): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

/** The answer to a request: what was asked for, with the number of the channel. */
export function ack(frame: string, chanId: number): object {
  return { ...(JSON.parse(frame) as object), event: 'subscribed', chanId };
}

/** A session on which the topic is open under that number. */
export function withChannel(topic: string, chanId: number, session = openBitfinex()): Session {
  const [request] = session.subscribe([topic]).slice(-1);
  if (!request) throw new Error(`${topic} is not asked for`);
  receive(ack(request.frame, chanId), [topic], session);
  return session;
}
