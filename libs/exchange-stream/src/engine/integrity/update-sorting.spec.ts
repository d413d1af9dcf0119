import type { ExchangeAdapter } from '../../contract/index.ts';
import { sortingUpdates, type UpdateSortingSetting } from './update-sorting.ts';

const OWN = { by: 'time', updates: 9, withinMs: 50 } as const;

function rules(setting: UpdateSortingSetting | undefined, own: object = { sorting: OWN }): unknown {
  const linked = { kind: 'linked', seed: 'stream', follows: () => 'follows', ...own };
  const adapter = { channels: { book: { book: () => linked } } } as unknown as ExchangeAdapter;
  return sortingUpdates(adapter, setting).channels.book?.book?.({});
}

describe('the order of updates', () => {
  test('is what the adapter says, unless a user says otherwise', () => {
    expect(rules(undefined)).toHaveProperty('sorting', OWN);
    expect(rules('off')).not.toHaveProperty('sorting');
    expect(rules({ updates: 2 })).toHaveProperty('sorting', { ...OWN, updates: 2 });
  });

  test('has defaults where only a user says something', () => {
    expect(rules({}, {})).toHaveProperty('sorting', { by: 'id', updates: 5, withinMs: 200 });
    expect(rules({ by: 'time' }, {})).toHaveProperty('sorting.by', 'time');
  });

  test('is no matter where books come whole', () => {
    const whole = { kind: 'whole' };
    const adapter = { channels: { book: { book: () => whole } } } as unknown as ExchangeAdapter;
    expect(sortingUpdates(adapter, {}).channels.book?.book?.({})).toEqual(whole);
    const without = { channels: {} } as unknown as ExchangeAdapter;
    expect(sortingUpdates(without, {})).toBe(without);
  });
});
