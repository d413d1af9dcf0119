import { createMessageIds } from '../../../src/engine/requests/message-ids.ts';

describe('ids of messages', () => {
  const source = { now: () => 1_767_225_600_123, random: () => 0.5 };

  test('are 1, 2, 3 unless an exchange wants others', () => {
    const next = createMessageIds(undefined, source);
    expect([next(), next(), next()]).toEqual([1, 2, 3]);
    const text = createMessageIds('text', source);
    expect([text(), text()]).toEqual(['1', '2']);
    expect(
      createMessageIds(
        ({ now }) =>
          () =>
            `mine-${now()}`,
        source,
      )(),
    ).toBe('mine-1767225600123');
  });

  test('as UUIDs carry the time, ascend within a millisecond, and when the clock is set back', () => {
    let time = 1_767_225_600_123;
    const draws = [0.1, 0.9, 0.4, 0.7, 0.2];
    let drawn = 0;
    const next = createMessageIds('uuid-v7', {
      now: () => time,
      random: () => draws[drawn++ % draws.length] ?? 0,
    });
    const ids: string[] = [];
    for (let count = 0; count < 2_000; count++) {
      if (count % 500 === 0) time += count === 1_000 ? -3_600_000 : 1;
      ids.push(String(next()));
    }
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // RFC 9562, 5.7: the first 48 bits are milliseconds since the epoch.
    expect(parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)).toBe(1_767_225_600_124);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
