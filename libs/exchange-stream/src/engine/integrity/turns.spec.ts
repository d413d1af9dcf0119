import { Turns } from './turns.ts';

describe('turns', () => {
  test('are given to a few at once, to the others in order', () => {
    const turns = new Turns(2);
    const begun: string[] = [];
    const take = (name: string): (() => void) => turns.take(() => begun.push(name));
    const [a, , c, d] = ['a', 'b', 'c', 'd', 'e'].map(take);
    expect([begun, turns.waiting]).toEqual([['a', 'b'], 3]);
    c!();
    a!();
    a!();
    expect(begun).toEqual(['a', 'b', 'd']);
    d!();
    expect([begun, turns.waiting]).toEqual([['a', 'b', 'd', 'e'], 0]);
  });
});
