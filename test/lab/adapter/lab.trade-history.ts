import type { RestDeclaration, TradeIds, TradeRules } from '@exchange-stream/nestjs/contract';
import { list, object } from './lab.fields.ts';
import type { LabOptions, LabTradeHistory, LabTradeIds } from './lab.options.ts';
import { parse, symbolOf } from './lab.rest.ts';
import { readTradeRows } from './lab.trades.ts';

/** Trades of one answer. */
const MOST = 100;

const IDS: Readonly<Record<LabTradeIds, TradeIds>> = {
  count: 'contiguous',
  grow: 'increasing',
  text: 'arbitrary',
};

/** A trade that comes twice has the same id both times: nothing has to be declared. */
export function tradeRules({ tradeIds = 'count', trades }: LabOptions): TradeRules {
  return { ids: IDS[tradeIds], ...(trades === 'recent' && { beginsWithRecent: true }) };
}

/** How missed trades are asked for, where they are told. */
export function tradesBy(history: LabTradeHistory = 'id'): Pick<RestDeclaration, 'trades'> {
  if (history === 'none') return {};
  return {
    trades: {
      pagesBy: history,
      mostPerCall: MOST,
      request: ({ nativeSymbol, after, limit }) => ({
        path:
          `/api/trades?symbol=${encodeURIComponent(nativeSymbol)}` +
          (history === 'id' ? `&after=${encodeURIComponent(after.id)}` : '') +
          (history === 'time' ? `&from=${Math.floor(after.time ?? 0)}` : '') +
          `&limit=${Math.min(limit, MOST)}`,
        weight: 1,
      }),
      parse: (body, _query, reject) =>
        parse('GET /api/trades', body, (json) =>
          readTradeRows(list(object(json, 'body').trades, 'trades'), reject),
        ),
      recognise: (url) => symbolOf(url, '/api/trades'),
    },
  };
}
