import type { UpdateSorting, ExchangeAdapter } from '../../contract/index.ts';

/** What users may say of it: the parts that they leave out are the adapter's, or else these. */
export type UpdateSortingSetting = Partial<UpdateSorting> | 'off';

const DEFAULTS: UpdateSorting = { by: 'id', updates: 5, withinMs: 200 };

/** An adapter whose updates of books are put in order as a user has said, in place of its own rule. */
export function sortingUpdates(
  adapter: ExchangeAdapter,
  setting: UpdateSortingSetting | undefined,
): ExchangeAdapter {
  const { book: declaration } = adapter.channels;
  const { book: rulesOf } = declaration ?? {};
  if (setting === undefined || !declaration || !rulesOf) return adapter;
  const book: typeof rulesOf = (...variant) => {
    const rules = rulesOf(...variant);
    if (rules.kind === 'whole') return rules;
    const { sorting, ...others } = rules;
    return setting === 'off' ? others : { ...others, sorting: { ...DEFAULTS, ...sorting, ...setting } };
  };
  return { ...adapter, channels: { ...adapter.channels, book: { ...declaration, book } } };
}
