import { CATEGORIES, STATUS_TOPIC } from './bybit.topics.ts';

/** Longest name that is taken for a topic; those of Bybit have 10 to 50 letters. */
const MAX_TOPIC = 100;

/** Words with points between them; symbols of spreads have `_` and `/` in them. */
const TOPIC = /^[A-Za-z]\w*(?:\.[\w/-]+)+$/;

/** `BTC-26DEC25-100000-C`, with or without its settlement coin. */
const OPTION = /\.[A-Z0-9]+-\d{1,2}[A-Z]{3}\d{2}-[\d.]+-[CP](?:-[A-Z]+)?$/;
/** `SOLUSDT_SOL/USDT`. */
const SPREAD = /[_/][^.]*$/;
/** `BTCUSD`, `BTCUSDH25`. */
const INVERSE = /USD(?:[FGHJKMNQUVXZ]\d{2})?$/;

/** Whether Bybit may stream under this name. */
export function isRawTopic(topic: string): boolean {
  return topic.length <= MAX_TOPIC && TOPIC.test(topic);
}

/**
 * The endpoints that may serve a topic, the most likely first. A name does not tell its category, and what is listed in
 * several, `BTCUSDT`, is another topic on each.
 */
export function rawEndpoints(topic: string): readonly string[] {
  if (topic === STATUS_TOPIC) return ['status'];
  const symbol = topic.slice(topic.lastIndexOf('.'));
  if (OPTION.test(symbol)) return ['option'];
  if (SPREAD.test(symbol)) return ['spread'];
  const first = INVERSE.test(symbol)
    ? 'inverse'
    : symbol.includes('-') || symbol.endsWith('PERP')
      ? 'linear'
      : 'spot';
  return [first, ...CATEGORIES.filter((category) => category !== first)];
}
