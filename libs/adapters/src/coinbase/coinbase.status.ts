import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, list, object, text } from '../decoder/fields.ts';
import { aliasOf } from './coinbase.topics.ts';
import type { WireEvent, WireStatus } from './coinbase.wire.ts';

const ONLINE = 'online';
/** More than are listed; what comes beyond is not followed. */
const MAX_FOLLOWED = 10_000;
const MAX_TEXT_LENGTH = 256;

/**
 * What the channel `status` tells of products and currencies, again and again, be there news or not: only what has changed
 * is passed on. What is online, and was never told to be anything else, is no news.
 */
export class StatusWatch {
  /** The status of all that is not online, by what it is of. */
  private readonly away = new Map<string, string>();

  /** @param stream of the channel, where somebody wants it as notices */
  read<S extends Stream>(
    event: WireEvent,
    time: number | undefined,
    stream: S | undefined,
    sink: Sink<S>,
  ): void {
    const { products, currencies } = event;
    if (products === undefined && currencies === undefined)
      throw new MalformedFieldError('products', 'an array', products);
    let isNews = false;
    for (const [kind, rows] of [
      ['product', products],
      ['currency', currencies],
    ] as const) {
      if (rows === undefined || rows === null) continue;
      for (const [index, row] of list(rows, kind).entries()) {
        try {
          if (this.readOne(object(row, `${kind}[${index}]`), kind, index, time, stream, sink)) isNews = true;
        } catch (error) {
          if (!(error instanceof MalformedFieldError)) throw error;
          sink.rejected(stream, error.message);
          isNews = true;
        }
      }
    }
    if (!isNews) sink.ignored('status, nothing new');
  }

  /** Returns whether it says anything new. */
  private readOne<S extends Stream>(
    row: WireStatus,
    kind: 'product' | 'currency',
    index: number,
    time: number | undefined,
    stream: S | undefined,
    sink: Sink<S>,
  ): boolean {
    const id = text(row.id, `${kind}[${index}].id`);
    const status = text(row.status, `${kind}[${index}].status`);
    const name = `${kind} ${id}`;
    const before = this.away.get(name) ?? ONLINE;
    if (status === before) return false;
    if (status === ONLINE) this.away.delete(name);
    else if (this.away.size >= MAX_FOLLOWED && before === ONLINE) return false;
    else this.away.set(name, status);
    const message = typeof row.status_message === 'string' ? row.status_message : '';
    const said = `${id} is ${status}${message === '' ? '' : `: ${message}`}`.slice(0, MAX_TEXT_LENGTH);
    if (kind === 'product' && (status === ONLINE || before === ONLINE))
      tellMarkets(id, status === ONLINE ? 'trading' : 'halted', said, sink);
    if (stream)
      sink.platformStatus(stream, time, {
        id: name,
        state: status === ONLINE ? 'completed' : 'ongoing',
        text: said,
      });
    return true;
  }
}

/** What is so of a product is so of its alias, which has the same book. */
function tellMarkets<S extends Stream>(
  product: string,
  status: 'halted' | 'trading',
  reason: string,
  sink: Sink<S>,
): void {
  sink.marketStatus(product, status, reason, 'product');
  const alias = aliasOf(product);
  if (alias !== undefined) sink.marketStatus(alias, status, reason, 'alias');
}
