import type { Session } from '@exchange-stream/nestjs/contract';
import { binanceCoinm, binanceUsdm } from '../src/index.ts';
import { RecordingSink, type Call } from './recording-sink.ts';

/** One field that both exchanges of futures have in most of their rows, and a spot row has not. */
export const USDM = { st: 1, ps: 'BTCUSDT' };
export const COINM = { st: 2, ps: 'BTCUSD' };

export function openUsdm(url = 'wss://fstream.binance.com/public/stream'): Session {
  return binanceUsdm().createSession({ endpoint: 'public', url, nextId: () => 1 });
}

export function openCoinm(url = 'wss://dstream.binance.com/stream'): Session {
  return binanceCoinm().createSession({ endpoint: 'public', url, nextId: () => 1 });
}

/** What a session makes of a frame while the topics are wanted. */
export function heard(session: Session, frame: unknown, ...topics: string[]): readonly Call[] {
  const sink = new RecordingSink(...topics);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

/** The same of the payload of a wanted topic. */
export function read(topic: string, data: unknown, session = openUsdm()): readonly Call[] {
  return heard(session, { stream: topic, data }, topic);
}
