import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, list, object, text } from '../decoder/fields.ts';

const ONLINE = 'online';
/** More than are listed; what comes beyond is not followed. */
const MAX_FOLLOWED = 10_000;
const MAX_TEXT_LENGTH = 256;

/** A list of products and currencies, as it stands in frames of `status`. */
export interface WireStatusList {
  readonly products?: unknown;
  readonly currencies?: unknown;
}

/** A product, or a currency, in it. */
interface WireStatus {
  readonly id?: unknown;
  /** `online`, `offline`, `delisted`. */
  readonly status?: unknown;
  readonly status_message?: unknown;
}

/** Tells the sink that the market of a product has stopped or opened. */
export type MarketTeller = <S extends Stream>(
  product: string,
  status: 'halted' | 'trading',
  reason: string,
  sink: Sink<S>,
) => void;

/**
 * What the channel `status` tells of products and currencies, again and again, be there news or not: only what has changed
 * is passed on. What is online, and was never told to be anything else, is no news.
 */
export class StatusWatch {
  /** The status of all that is not online, by what it is of. */
  private readonly away = new Map<string, string>();

  constructor(private readonly tellMarket: MarketTeller) {}

  /** @param stream of the channel, where somebody wants it as notices */
  read<S extends Stream>(
    lists: WireStatusList,
    time: number | undefined,
    stream: S | undefined,
    sink: Sink<S>,
  ): void {
    const { products, currencies } = lists;
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
      this.tellMarket(id, status === ONLINE ? 'trading' : 'halted', said, sink);
    if (stream)
      sink.platformStatus(stream, time, {
        id: name,
        state: status === ONLINE ? 'completed' : 'ongoing',
        text: said,
      });
    return true;
  }
}
