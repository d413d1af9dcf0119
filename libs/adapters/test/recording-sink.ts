import type { Sink, Stream } from '@exchange-stream/nestjs/contract';

/** One call that a session made, without the stream object: `['trade', topic, …]`. */
export type Call = readonly [method: string, ...rest: unknown[]];

/** A sink that wants the given topics and writes down everything it is told. */
export class RecordingSink implements Sink {
  readonly calls: Call[] = [];
  private readonly streams: Map<string, Stream>;

  constructor(...topics: string[]) {
    this.streams = new Map(topics.map((topic) => [topic, { topic }]));
  }

  stream(topic: string): Stream | undefined {
    return this.streams.get(topic);
  }

  /** Streams of instruments are wanted all, and written down with theirs: `topic of BTC-USDT`. */
  of({ topic }: Stream, nativeSymbol: string): Stream {
    return { topic: `${topic} of ${nativeSymbol}` };
  }

  trade(...call: Parameters<Sink['trade']>): void {
    this.record('trade', call);
  }

  recentTrades(...call: Parameters<Sink['recentTrades']>): void {
    this.record('recentTrades', call);
  }

  quote(...call: Parameters<Sink['quote']>): void {
    this.record('quote', call);
  }

  ticker(...call: Parameters<Sink['ticker']>): void {
    this.record('ticker', call);
  }

  tickerUpdate(...call: Parameters<Sink['tickerUpdate']>): void {
    this.record('tickerUpdate', call);
  }

  derivatives(...call: Parameters<Sink['derivatives']>): void {
    this.record('derivatives', call);
  }

  option(...call: Parameters<Sink['option']>): void {
    this.record('option', call);
  }

  liquidation(...call: Parameters<Sink['liquidation']>): void {
    this.record('liquidation', call);
  }

  platformStatus(...call: Parameters<Sink['platformStatus']>): void {
    this.record('platformStatus', call);
  }

  candle(...call: Parameters<Sink['candle']>): void {
    this.record('candle', call);
  }

  bookSnapshot(...call: Parameters<Sink['bookSnapshot']>): void {
    this.record('bookSnapshot', call);
  }

  bookUpdate(...call: Parameters<Sink['bookUpdate']>): void {
    this.record('bookUpdate', call);
  }

  bookOrdersSnapshot(...call: Parameters<Sink['bookOrdersSnapshot']>): void {
    this.record('bookOrdersSnapshot', call);
  }

  bookOrdersUpdate(...call: Parameters<Sink['bookOrdersUpdate']>): void {
    this.record('bookOrdersUpdate', call);
  }

  account(...call: Parameters<Sink['account']>): void {
    this.record('account', call);
  }

  rejected(stream: Stream | undefined, reason: string): void {
    this.calls.push(['rejected', stream?.topic, reason]);
  }

  framesCountFrom(...call: Parameters<Sink['framesCountFrom']>): void {
    this.calls.push(['framesCountFrom', ...call]);
  }

  /** Takes every frame for the next one. */
  frameNumber(...call: Parameters<Sink['frameNumber']>): boolean {
    this.calls.push(['frameNumber', ...call]);
    return true;
  }

  reply(...call: Parameters<Sink['reply']>): void {
    this.calls.push(['reply', ...call]);
  }

  pong(): void {
    this.calls.push(['pong']);
  }

  answer(frame: string): void {
    this.calls.push(['answer', frame]);
  }

  tokenLost(reason: string): void {
    this.closing(reason);
  }

  closing(reason: string): void {
    this.calls.push(['closing', reason]);
  }

  paused(reason: string): void {
    this.calls.push(['paused', reason]);
  }

  resumed(reason: string): void {
    this.calls.push(['resumed', reason]);
  }

  marketStatus(...call: Parameters<Sink['marketStatus']>): void {
    this.calls.push(['marketStatus', ...call]);
  }

  ignored(name: string): void {
    this.calls.push(['ignored', name]);
  }

  unhandled(frame: Buffer): void {
    this.calls.push(['unhandled', frame.toString('utf8')]);
  }

  private record(method: string, [stream, ...rest]: readonly [Stream, ...unknown[]]): void {
    this.calls.push([method, stream.topic, ...rest]);
  }
}
