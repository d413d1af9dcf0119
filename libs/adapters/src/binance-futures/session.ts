import type { Session, SessionContext, Stream } from '@exchange-stream/nestjs/contract';
import type { RowForm } from '../binance-family/rows.ts';
import { FamilySession, type Dialect } from '../binance-family/session.ts';
import { rawPayload } from './raw.ts';
import { readFuturesPayload, type FuturesKind } from './rows.ts';
import { payloadKindOf } from './topics.ts';

/**
 * Events that we know and have no channel for, by their `e`: names for the statistics. Conditional orders are `ALGO_UPDATE`,
 * and are not executed until they say so elsewhere.
 */
const OTHER_EVENTS: ReadonlySet<unknown> = new Set([
  '24hrMiniTicker',
  ...['ORDER_TRADE_UPDATE', 'TRADE_LITE', 'ACCOUNT_UPDATE', 'ACCOUNT_CONFIG_UPDATE', 'MARGIN_CALL'],
  ...['ALGO_UPDATE', 'CONDITIONAL_ORDER_TRIGGER_REJECT', 'STRATEGY_UPDATE', 'GRID_UPDATE'],
]);

const LISTEN_KEY_EXPIRED = 'listenKeyExpired';

/** One connection to an exchange of futures. */
export function futuresSession<S extends Stream>(
  context: SessionContext,
  form: RowForm,
  topicsPerMessage: number,
): Session<S> {
  return new FamilySession<S, FuturesKind>(context, dialect(form, topicsPerMessage));
}

function dialect(form: RowForm, topicsPerMessage: number): Dialect<FuturesKind> {
  return {
    topicsPerMessage,
    form,
    otherEvents: OTHER_EVENTS,
    kindOf: payloadKindOf,
    read: (kind, row, stream, sink) => readFuturesPayload(kind, row, stream, form, sink),
    rawPayload,
    heed: (event, sink) => {
      if (event !== LISTEN_KEY_EXPIRED) return false;
      sink.tokenLost(LISTEN_KEY_EXPIRED);
      return true;
    },
  };
}
