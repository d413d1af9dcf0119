import type { DataMessage, FeedMessage } from './feed-message.ts';

/** A message as one line for people. */
export function messageText(message: FeedMessage, now: number): string {
  const time = new Date((message.t === 'data' ? message.r : undefined) ?? now).toISOString().slice(11, 23);
  return `${time}  ${message.ch}  ${content(message)}`;
}

function content(message: FeedMessage): string {
  switch (message.t) {
    case 'synced':
      return '── synced';
    case 'status':
      return `── ${message.state}: ${message.reason}`;
    case 'data':
      return dataText(message);
  }
}

function dataText({ kind, d }: DataMessage): string {
  switch (kind) {
    case 'trade':
      return `${field(d, 'side').padEnd(4)} ${field(d, 'amount')} @ ${field(d, 'price')}${days(d.periodDays)}`;
    case 'quote':
      return `${field(d, 'bid')}${days(d.bidPeriodDays)} / ${field(d, 'ask')}${days(d.askPeriodDays)}  (${field(d, 'bidAmount')} / ${field(d, 'askAmount')})`;
    case 'ticker':
      return `last ${field(d, 'last')}  ${field(d, 'changePercent')} %  volume ${field(d, 'baseVolume')}`;
    case 'candle': {
      const prices = ['open', 'high', 'low', 'close'].map((name) => field(d, name)).join(' ');
      return `${field(d, 'interval')}  ${prices}  volume ${field(d, 'baseVolume')}${d.closed === true ? '  closed' : ''}`;
    }
    case 'derivatives':
      return known(
        d,
        ['mark', 'markPrice'],
        ['index', 'indexPrice'],
        ['funding', 'fundingRate'],
        ['open', 'openInterest'],
      );
    case 'liquidation':
      return `${field(d, 'side').padEnd(4)} ${field(d, 'amount')} @ ${field(d, 'price')} (${field(d, 'priceKind')})`;
    case 'option':
      return known(
        d,
        ['mark', 'markPrice'],
        ['iv', 'markImpliedVolatility'],
        ['delta', 'delta'],
        ['gamma', 'gamma'],
      );
    case 'platform-status':
      return oneLine(`${field(d, 'state')}: ${field(d, 'text')}${period(d)}`);
    case 'snap':
      return `whole book: ${levels(d.bids).length} bids, ${levels(d.asks).length} asks, best ${best(d)}`;
    case 'upd':
      return `book: ${levels(d.bids).length} bids and ${levels(d.asks).length} asks changed`;
    case 'raw':
      return oneLine(field(d, 'json'));
    default:
      return `${kind} ${JSON.stringify(d)}`;
  }
}

/** A frame may hold line breaks, and letters that would move the cursor. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are meant
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Those of the fields that are there, each behind its label. */
function known(d: DataMessage['d'], ...fields: readonly (readonly [label: string, name: string])[]): string {
  return fields
    .flatMap(([label, name]) => (d[name] === undefined ? [] : [`${label} ${field(d, name)}`]))
    .join('  ');
}

/** Of funding: for how long. */
function days(count: unknown): string {
  return typeof count === 'number' ? ` for ${count} d` : '';
}

function period({ begin, end }: DataMessage['d']): string {
  if (begin === undefined && end === undefined) return '';
  const [from, to] = [begin, end].map((time) => (typeof time === 'number' ? timeText(time) : '?'));
  return ` (${from} to ${to})`;
}

function timeText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '?' : date.toISOString();
}

function field(d: DataMessage['d'], name: string): string {
  const value = d[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '–';
}

function best(d: DataMessage['d']): string {
  return [d.bids, d.asks].map((side) => firstPrice(levels(side)[0])).join(' / ');
}

function firstPrice(level: unknown): string {
  return Array.isArray(level) && typeof level[0] === 'string' ? level[0] : '–';
}

function levels(side: unknown): readonly unknown[] {
  return Array.isArray(side) ? side : [];
}
