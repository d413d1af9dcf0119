import { isPrivateChannel, type Clock } from '@exchange-stream/market-data';
import type { BookRules } from '../../contract/index.ts';
import { AccountHandover } from './account-handover.ts';
import type { DataFlow } from './data-flow.ts';
import type { FlowHandover } from './flow-handover.ts';
import { LevelsHandover } from './levels-handover.ts';
import { OrdersHandover } from './orders-handover.ts';
import { SeriesHandover } from './series-handover.ts';
import { UpdateHandover } from './update-handover.ts';
import { ValueHandover } from './value-handover.ts';

/** The way in which the flow of a channel can go over to another connection. */
export function createHandover(flow: DataFlow, book: BookRules | undefined, clock: Clock): FlowHandover {
  const { channel } = flow;
  if (channel === 'trades' || channel === 'raw' || channel === 'liquidations' || channel === 'status')
    return new SeriesHandover(flow, clock);
  if (isPrivateChannel(channel)) return new AccountHandover(flow, clock);
  if (book?.kind !== 'linked') return new ValueHandover(flow, clock);
  if (book.level === 'order') return new OrdersHandover(flow, book, clock);
  return book.seed === 'rest' ? new UpdateHandover(flow, clock) : new LevelsHandover(flow, book, clock);
}
