import type { Side } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import { tellTrade, withAmount, type ReadTrade } from './bybit.market-data.ts';
import type { PayloadKind } from './bybit.topics.ts';

const TOPIC = new Literal('{"topic":"');
const SNAPSHOT = new Literal(',"type":"snapshot"');
const DELTA = new Literal(',"type":"delta"');
const TS = new Literal(',"ts":');
const BOOK = new Literal(',"data":{"s":"');
const BIDS = new Literal(',"b":[');
const ASKS = new Literal(',"a":[');
const LAST = new Literal(',"u":');
const SEQUENCE = new Literal(',"seq":');
const MADE_AT = new Literal('},"cts":');
const BOOK_END = new Literal('}');
const TRADES = new Literal(',"data":[{');
const NEXT_TRADE = new Literal('},{');
const TRADES_END = new Literal('}]}');
/** Fields of a trade of a derivative, in their order … */
const TIME_FIRST = new Literal('"T":');
const SYMBOL = new Literal(',"s":"');
const SIDE = new Literal(',"S":"');
const AMOUNT = new Literal(',"v":"');
const PRICE = new Literal(',"p":"');
const TICK_DIRECTION = new Literal(',"L":"');
const ID = new Literal(',"i":"');
const BLOCK = new Literal(',"BT":');
const RETAIL = new Literal(',"RPI":');
/** … and of spot. */
const ID_FIRST = new Literal('"i":"');
const TIME = new Literal(',"T":');
const BUY = new Literal('Buy"');
const SELL = new Literal('Sell"');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/** Trades of the frame being read: made once, filled time and again. */
const trades: ReadTrade[] = [];

/** Trades that one frame has at most: Bybit documents 1,024. */
const MAX_TRADES = 1_024;

/**
 * Reads the frames of which there are a thousand for each other one: trades, best levels and changes of books, written as
 * Bybit writes them. `ts` and `type` come in either order.
 *
 * Source: Bybit v5 documentation, and recordings for the order of the fields.
 */
export class HotFrames<S extends Stream> {
  constructor(
    private readonly kindOf: (topic: string) => PayloadKind | undefined,
    /** Trades of many instruments share a topic: they are few, and for the plain way. */
    private readonly hasSharedTrades: boolean,
  ) {}

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a topic that
   * nobody wants, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (!scanner.skip(TOPIC)) return false;
    const topic = scanner.word();
    let time: number | undefined;
    if (scanner.skip(TS)) time = scanner.integer();
    const isDelta = scanner.skip(DELTA);
    if (!isDelta) scanner.expect(SNAPSHOT);
    if (time === undefined) {
      scanner.expect(TS);
      time = scanner.integer();
    }
    if (scanner.skip(BOOK)) return this.book(topic, time, isDelta, sink);
    if (!isDelta && !this.hasSharedTrades && scanner.skip(TRADES)) return this.trades(topic, sink);
    return false;
  }

  private book(topic: string, time: number, isDelta: boolean, sink: Sink<S>): boolean {
    scanner.skipWord();
    scanner.expect(BIDS);
    const bids = scanner.levels();
    scanner.expect(ASKS);
    const asks = scanner.levels();
    scanner.expect(LAST);
    const last = scanner.integer();
    scanner.expect(SEQUENCE);
    scanner.integer();
    scanner.expect(MADE_AT);
    scanner.integer();
    scanner.expect(BOOK_END);
    if (!scanner.isComplete) return false;
    const kind = this.kindOf(topic);
    if (isDelta) {
      // After a restart of the service a change is a whole book.
      if (kind !== 'book' || last === 1) return false;
      const stream = sink.stream(topic);
      if (stream === undefined) return false;
      sink.bookUpdate(stream, time, { last }, bids, asks);
      return true;
    }
    const [[bid, bidAmount] = [], [ask, askAmount] = []] = [withAmount(bids)[0], withAmount(asks)[0]];
    // Those without a side are for the plain way, as whole books are, of which there are few.
    if (kind !== 'best' || bid === undefined || bidAmount === undefined) return false;
    if (ask === undefined || askAmount === undefined) return false;
    const stream = sink.stream(topic);
    if (stream === undefined) return false;
    sink.bookSnapshot(stream, time, { last }, bids, asks);
    sink.quote(stream, time, last, bid, bidAmount, ask, askAmount);
    return true;
  }

  private trades(topic: string, sink: Sink<S>): boolean {
    let count = 0;
    do {
      const trade = (trades[count++] ??= {
        time: 0,
        id: '',
        price: '',
        amount: '',
        side: 'buy',
        isBlock: false,
      });
      if (scanner.skip(TIME_FIRST)) derivativeTrade(trade);
      else spotTrade(trade);
    } while (count < MAX_TRADES && scanner.skip(NEXT_TRADE));
    scanner.expect(TRADES_END);
    if (!scanner.isComplete || this.kindOf(topic) !== 'trades') return false;
    const stream = sink.stream(topic);
    if (stream === undefined) return false;
    for (let index = 0; index < count; index++) {
      const trade = trades[index];
      if (trade) tellTrade(stream, sink, trade);
    }
    return true;
  }
}

function derivativeTrade(trade: ReadTrade): void {
  trade.time = scanner.integer();
  scanner.expect(SYMBOL);
  scanner.skipWord();
  scanner.expect(SIDE);
  trade.side = side();
  scanner.expect(AMOUNT);
  trade.amount = scanner.decimal();
  scanner.expect(PRICE);
  trade.price = scanner.positiveDecimal();
  scanner.expect(TICK_DIRECTION);
  scanner.skipWord();
  scanner.expect(ID);
  trade.id = scanner.ownText();
  scanner.expect(BLOCK);
  trade.isBlock = scanner.flag();
  if (scanner.skip(RETAIL)) scanner.flag();
  scanner.expect(SEQUENCE);
  scanner.integer();
}

function spotTrade(trade: ReadTrade): void {
  scanner.expect(ID_FIRST);
  trade.id = scanner.ownText();
  scanner.expect(TIME);
  trade.time = scanner.integer();
  scanner.expect(PRICE);
  trade.price = scanner.positiveDecimal();
  scanner.expect(AMOUNT);
  trade.amount = scanner.decimal();
  scanner.expect(SIDE);
  trade.side = side();
  scanner.expect(SEQUENCE);
  scanner.integer();
  scanner.expect(SYMBOL);
  scanner.skipWord();
  scanner.expect(BLOCK);
  trade.isBlock = scanner.flag();
  if (scanner.skip(RETAIL)) scanner.flag();
}

function side(): Side {
  if (scanner.skip(BUY)) return 'buy';
  scanner.expect(SELL);
  return 'sell';
}
