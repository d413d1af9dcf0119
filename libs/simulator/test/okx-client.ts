import type { SimulatedExchange } from '../src/index.ts';
import { RecordingClient } from './recording-client.ts';

export interface OkxFrame {
  readonly id?: string;
  readonly event?: string;
  readonly code?: string;
  readonly msg?: string;
  readonly connId?: string;
  readonly arg?: Readonly<Record<string, string>>;
  readonly action?: 'snapshot' | 'update';
  readonly data?: readonly Record<string, unknown>[];
}

/** The client's end of a connection to simulated OKX. */
export class OkxClient extends RecordingClient {
  constructor(exchange: SimulatedExchange, place = 'public', address = 'client') {
    super(exchange, `/ws/v5/${place}`, true, address);
  }

  /** @param args `channel:instId`, or an arg as it is */
  subscribe(...args: readonly (string | Readonly<Record<string, unknown>>)[]): void {
    this.say({ op: 'subscribe', args: args.map(argOf) });
  }

  unsubscribe(...args: readonly string[]): void {
    this.say({ op: 'unsubscribe', args: args.map(argOf) });
  }

  /** Everything but pongs. */
  get messages(): readonly OkxFrame[] {
    return this.texts.filter((text) => text !== 'pong').map((text) => JSON.parse(text) as OkxFrame);
  }

  get replies(): readonly OkxFrame[] {
    return this.messages.filter(({ event }) => event !== undefined);
  }

  /** Data frames of one channel. */
  dataOf(channel: string): readonly OkxFrame[] {
    return this.messages.filter(({ arg, data }) => data !== undefined && arg?.['channel'] === channel);
  }

  /** Rows of all data frames of one channel. */
  rowsOf<R = Record<string, unknown>>(channel: string): readonly R[] {
    return this.dataOf(channel).flatMap(({ data }) => (data ?? []) as readonly R[]);
  }
}

function argOf(arg: string | Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (typeof arg !== 'string') return arg;
  const [channel, instId] = arg.split(':');
  return { channel, ...(instId !== undefined && { instId }) };
}
