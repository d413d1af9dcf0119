import type { ParamValue } from '@exchange-stream/market-data';

/** Parameters from `name=value` texts. Their types are the exchange's: the engine takes text for the value it spells. */
export function readParams(pairs: readonly string[]): Record<string, ParamValue> {
  const params = new Map<string, ParamValue>();
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=');
    if (name.trim() !== '') params.set(name.trim(), value.join('=').trim());
  }
  return Object.fromEntries(params);
}
