import type { Session, SessionContext, Stream } from '@exchange-stream/nestjs/contract';
import { readPayload, type PayloadKind, type RowForm } from '../binance-family/rows.ts';
import { FamilySession, type Dialect } from '../binance-family/session.ts';
import { rawPayload } from './binance.raw.ts';
import { payloadKindOf } from './binance.topics.ts';

/** Events that we know and have no channel for, by their `e`: names for the statistics. */
const OTHER_EVENTS: ReadonlySet<unknown> = new Set([
  ...['24hrMiniTicker', '1hTicker', '4hTicker', '1dTicker', 'avgPrice', 'referencePrice', 'blockTrade'],
  ...['executionReport', 'outboundAccountPosition', 'balanceUpdate', 'listStatus'],
  ...['externalLockUpdate', 'eventStreamTerminated'],
]);

const SHUTDOWN = 'serverShutdown';

/** One connection to Binance Spot. */
export function binanceSession<S extends Stream>(
  context: SessionContext,
  topicsPerMessage: number,
): Session<S> {
  return new FamilySession<S, PayloadKind>(context, dialect(context.url, topicsPerMessage));
}

function dialect(url: string, topicsPerMessage: number): Dialect<PayloadKind> {
  const isMicroseconds = /[?&]timeUnit=MICROSECOND(&|$)/i.test(new URL(url).search);
  const form: RowForm = { unitsPerMs: isMicroseconds ? 1000 : 1, volumes: 'base and quote' };
  return {
    topicsPerMessage,
    form,
    otherEvents: OTHER_EVENTS,
    namelessKind: 'partialDepth',
    kindOf: payloadKindOf,
    read: (kind, row, stream, sink) => readPayload(kind, row, stream, form, sink),
    rawPayload,
    heed: (event, sink) => {
      if (event !== SHUTDOWN) return false;
      sink.closing(SHUTDOWN);
      return true;
    },
  };
}
