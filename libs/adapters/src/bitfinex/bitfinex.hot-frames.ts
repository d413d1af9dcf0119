import type { BookLevel, BookOrder } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import { tellChange, tellLife } from './bitfinex.books.ts';
import type { OpenChannel, OpenChannels } from './bitfinex.open-channels.ts';

const OPEN = new Literal('[');
const COMMA = new Literal(',');
const CLOSE = new Literal(']');
const CLOSED_AND_ON = new Literal('],');
const MINUS = new Literal('-');
const HEARTBEAT = new Literal('"hb",');
const CHECKSUM = new Literal('"cs",');
const EXECUTED = new Literal('"te",[');
const UPDATED = new Literal('"tu",[');
const ZERO = /^[0.]*$/;

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/** What a frame holds, once it was read to its end. */
let level: BookLevel | undefined;
let order: BookOrder | undefined;
let isNegative = false;
let checksum = 0;

/**
 * Reads the frames of which there are a thousand for each other one, written as Bitfinex writes them: one change of a book,
 * one trade, a heartbeat, a checksum, each with number and time at its end.
 */
export class HotFrames<S extends Stream> {
  /** @param follows whether the frame of a number is to be read */
  constructor(
    private readonly channels: OpenChannels,
    private readonly follows: (number: number, sink: Sink<S>) => boolean,
  ) {}

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a channel that
   * nobody has opened, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (!scanner.skip(OPEN)) return false;
    const channel = this.channels.find(scanner.integer());
    scanner.expect(COMMA);
    // Of an account, or of nobody.
    if (channel === undefined || channel.isFunding) return false;
    if (scanner.skip(HEARTBEAT)) return this.heartbeat(channel, sink);
    switch (channel.kind) {
      case 'book':
        return scanner.skip(CHECKSUM) ? this.checksum(channel, sink) : this.change(channel, sink);
      case 'orders':
        return scanner.skip(CHECKSUM) ? this.checksum(channel, sink) : this.orderChange(channel, sink);
      case 'trades':
        return this.trade(channel, sink);
      default:
        return false;
    }
  }

  private heartbeat(channel: OpenChannel, sink: Sink<S>): boolean {
    const number = scanner.integer();
    const time = timeAtEnd();
    if (time === undefined) return false;
    const stream = this.streamOf(channel, number, sink);
    if (stream !== undefined) tellLife(channel, time, stream, sink);
    return true;
  }

  private checksum(channel: OpenChannel, sink: Sink<S>): boolean {
    const sign = scanner.skip(MINUS) ? -1 : 1;
    checksum = sign * scanner.integer();
    scanner.expect(COMMA);
    const number = scanner.integer();
    const time = timeAtEnd();
    if (time === undefined || (checksum | 0) !== checksum) return false;
    const stream = this.streamOf(channel, number, sink);
    if (stream === undefined) return true;
    // A negative zero is none.
    const link = { checksum: checksum | 0 };
    if (channel.kind === 'book') sink.bookUpdate(stream, time, link, [], []);
    else sink.bookOrdersUpdate(stream, time, link, [], []);
    return true;
  }

  private change(channel: OpenChannel, sink: Sink<S>): boolean {
    readLevel();
    const number = scanner.integer();
    const time = timeAtEnd();
    if (time === undefined || level === undefined) return false;
    const stream = this.streamOf(channel, number, sink);
    if (stream === undefined) return true;
    const levels = [level];
    tellChange(channel, time, undefined, isNegative ? [] : levels, isNegative ? levels : [], stream, sink);
    return true;
  }

  private orderChange(channel: OpenChannel, sink: Sink<S>): boolean {
    readOrder();
    const number = scanner.integer();
    const time = timeAtEnd();
    if (time === undefined || order === undefined) return false;
    const stream = this.streamOf(channel, number, sink);
    if (stream === undefined) return true;
    const orders = [order];
    sink.bookOrdersUpdate(stream, time, undefined, isNegative ? [] : orders, isNegative ? orders : []);
    return true;
  }

  private trade(channel: OpenChannel, sink: Sink<S>): boolean {
    if (!scanner.skip(EXECUTED)) scanner.expect(UPDATED);
    const id = scanner.digits();
    scanner.expect(COMMA);
    const traded = scanner.integer();
    scanner.expect(COMMA);
    const isSale = scanner.skip(MINUS);
    const amount = scanner.number();
    scanner.expect(COMMA);
    const price = scanner.positiveNumber();
    scanner.expect(CLOSED_AND_ON);
    const number = scanner.integer();
    if (timeAtEnd() === undefined) return false;
    const stream = this.streamOf(channel, number, sink);
    if (stream !== undefined) sink.trade(stream, traded, id, price, amount, isSale ? 'sell' : 'buy');
    return true;
  }

  /** The stream of a channel whose frame was read to its end; undefined where it is to be passed over, and that is told. */
  private streamOf(channel: OpenChannel, number: number, sink: Sink<S>): S | undefined {
    if (!this.follows(number, sink)) return undefined;
    const stream = sink.stream(channel.topic);
    if (stream === undefined) sink.ignored('unsubscribed channel');
    return stream;
  }
}

/** `,time]`: undefined where anything was not as expected. */
function timeAtEnd(): number | undefined {
  scanner.expect(COMMA);
  const time = scanner.integer();
  scanner.expect(CLOSE);
  return scanner.isComplete ? time : undefined;
}

/** `[price,count,±amount],` */
function readLevel(): void {
  scanner.expect(OPEN);
  const price = scanner.positiveNumber();
  scanner.expect(COMMA);
  const count = scanner.integer();
  scanner.expect(COMMA);
  isNegative = scanner.skip(MINUS);
  const amount = scanner.number();
  scanner.expect(CLOSED_AND_ON);
  if (count === 0) level = [price, '0'];
  // A level that is there has an amount.
  else level = ZERO.test(amount) ? undefined : [price, amount, count];
}

/** `[id,price,±amount],`; at a price of zero it is gone. */
function readOrder(): void {
  scanner.expect(OPEN);
  const id = scanner.digits();
  scanner.expect(COMMA);
  const price = scanner.number();
  scanner.expect(COMMA);
  isNegative = scanner.skip(MINUS);
  const amount = scanner.number();
  scanner.expect(CLOSED_AND_ON);
  order = ZERO.test(price) ? { id, price: '0', amount: '0' } : { id, price, amount };
}
