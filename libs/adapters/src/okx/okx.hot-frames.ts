import type { BookLink, Sink, Stream } from '@exchange-stream/nestjs/contract';
import type { Side } from '@exchange-stream/market-data';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import { describeTopic } from './okx.topics.ts';

const ARG = new Literal('{"arg":{"channel":"');
const INST_ID = new Literal(',"instId":"');
const UPDATE = new Literal('},"action":"update","data":[{"asks":[');
const QUOTE = new Literal('},"data":[{"asks":[');
const TRADE = new Literal('},"data":[{"instId":"');
const TRADE_ID = new Literal(',"tradeId":"');
const PX = new Literal('","px":"');
const SZ = new Literal(',"sz":"');
const BUY = new Literal(',"side":"buy","ts":"');
const SELL = new Literal(',"side":"sell","ts":"');
const COUNT = new Literal(',"count":"');
const BIDS = new Literal(',"bids":[');
const TS = new Literal(',"ts":"');
const QUOTE_MARK = new Literal('"');
const CHECKSUM = new Literal(',"checksum":');
const MINUS = new Literal('-');
const PREVIOUS = new Literal(',"prevSeqId":');
const SEQUENCE = new Literal(',"seqId":');
const END = new Literal('}]}');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/**
 * Reads the frames of which there are a thousand for each other one: single trades, quotes and book updates, written as
 * OKX writes them.
 *
 * Source: OKX API v5 documentation, and recordings for the order of the fields.
 */
export class HotFrames<S extends Stream> {
  /** Topics by channel and native symbol, so that none is put together for a frame. */
  private readonly topics = new Map<string, Map<string, string>>();

  /** Frames of the topic may be read here, if it is of a kind that is. */
  want(topic: string): void {
    const channel = channelOf(topic);
    if (channel === undefined) return;
    const bySymbol = this.topics.get(channel) ?? new Map<string, string>();
    this.topics.set(channel, bySymbol.set(topic.slice(channel.length + 1), topic));
  }

  leave(topic: string): void {
    const channel = channelOf(topic);
    if (channel !== undefined) this.topics.get(channel)?.delete(topic.slice(channel.length + 1));
  }

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a topic that
   * nobody wants, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (!scanner.skip(ARG)) return false;
    const channel = scanner.word();
    scanner.expect(INST_ID);
    const symbol = scanner.word();
    const topic = this.topics.get(channel)?.get(symbol);
    if (topic === undefined) return false;
    switch (channel) {
      case 'trades':
      case 'trades-all':
        return this.trade(topic, sink);
      case 'bbo-tbt':
        return this.quote(topic, sink);
      default:
        return this.bookUpdate(topic, sink);
    }
  }

  private trade(topic: string, sink: Sink<S>): boolean {
    scanner.expect(TRADE);
    scanner.skipWord();
    scanner.expect(TRADE_ID);
    const id = scanner.digits();
    scanner.expect(PX);
    const price = scanner.positiveDecimal();
    scanner.expect(SZ);
    const amount = scanner.decimal();
    const side = takerSide();
    const time = scanner.integer();
    scanner.expect(QUOTE_MARK);
    if (scanner.skip(COUNT)) scanner.skipWord();
    if (scanner.skip(SEQUENCE)) scanner.integer();
    const stream = this.streamOf(topic, sink);
    if (stream === undefined) return false;
    sink.trade(stream, time, id, price, amount, side);
    return true;
  }

  private quote(topic: string, sink: Sink<S>): boolean {
    scanner.expect(QUOTE);
    const asks = scanner.countedLevels();
    scanner.expect(BIDS);
    const bids = scanner.countedLevels();
    const time = this.time();
    scanner.expect(SEQUENCE);
    const sequence = scanner.integer();
    const [ask] = asks;
    const [bid] = bids;
    const stream = ask && bid ? this.streamOf(topic, sink) : undefined;
    if (stream === undefined || !ask || !bid) return false;
    sink.quote(stream, time, sequence, bid[0], bid[1], ask[0], ask[1]);
    return true;
  }

  private bookUpdate(topic: string, sink: Sink<S>): boolean {
    scanner.expect(UPDATE);
    const asks = scanner.countedLevels();
    scanner.expect(BIDS);
    const bids = scanner.countedLevels();
    const time = this.time();
    const link = linkAhead();
    const stream = link && this.streamOf(topic, sink);
    if (stream === undefined) return false;
    sink.bookUpdate(stream, time, link, bids, asks);
    return true;
  }

  private time(): number {
    scanner.expect(TS);
    const time = scanner.integer();
    scanner.expect(QUOTE_MARK);
    return time;
  }

  /** The stream of the topic, once the frame was read to its end. */
  private streamOf(topic: string, sink: Sink<S>): S | undefined {
    scanner.expect(END);
    return scanner.isComplete ? sink.stream(topic) : undefined;
  }
}

function takerSide(): Side {
  if (scanner.skip(BUY)) return 'buy';
  scanner.expect(SELL);
  return 'sell';
}

/** What of a link is 0 is none of a checksum, and a snapshot's -1 of an id: that one is for `JSON.parse`. */
function linkAhead(): BookLink | undefined {
  let checksum = 0;
  if (scanner.skip(CHECKSUM)) {
    const sign = scanner.skip(MINUS) ? -1 : 1;
    checksum = sign * scanner.integer();
    if ((checksum | 0) !== checksum) return undefined;
  }
  if (!scanner.skip(PREVIOUS)) return checksum === 0 ? {} : { checksum };
  const previous = scanner.integer();
  scanner.expect(SEQUENCE);
  const last = scanner.integer();
  return checksum === 0 ? { last, previous } : { last, previous, checksum };
}

/** The channel of a topic whose frames are read here. */
function channelOf(topic: string): string | undefined {
  switch (describeTopic(topic)?.channel) {
    case 'trades':
    case 'quotes':
      return topic.split(':', 1)[0];
    case 'book':
      return topic.startsWith('books5:') ? undefined : topic.split(':', 1)[0];
    default:
      return undefined;
  }
}
