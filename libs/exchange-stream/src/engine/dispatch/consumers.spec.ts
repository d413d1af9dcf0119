import { Consumers } from './consumers.ts';

describe('consumers', () => {
  test('one that throws is named and harms nobody', () => {
    const failures: string[] = [];
    const seen: number[] = [];
    const consumers = new Consumers<number>((name, error) => failures.push(`${name}: ${error.message}`));
    consumers.add('bad', () => {
      throw new Error('no');
    });
    consumers.add('good', (event) => seen.push(event));
    consumers.deliver(1);
    consumers.deliver(2);
    expect(seen).toEqual([1, 2]);
    expect(failures).toEqual(['bad: no', 'bad: no']);
  });

  test('leaving during a delivery takes effect with the next event', () => {
    const seen: string[] = [];
    const consumers = new Consumers<number>(() => undefined);
    const leave = consumers.add('first', () => {
      leave();
      seen.push('first');
    });
    consumers.add('second', () => seen.push('second'));
    consumers.deliver(1);
    consumers.deliver(2);
    expect(seen).toEqual(['first', 'second', 'second']);
  });
});
