import { VirtualClock } from '@exchange-stream/market-data';
import type { PeerConnection } from '../simulated-exchange.ts';
import type { Fault } from './fault.ts';
import { FaultDirector } from './fault-director.ts';
import type { FaultyLink } from './faulty-link.ts';

describe('frames of a connection that counts them', () => {
  let clock: VirtualClock;
  let director: FaultDirector;
  let link: FaultyLink;
  let texts: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    director = new FaultDirector(clock, {
      connections: () => [],
      restError: () => '',
      freezeBooks: () => () => undefined,
    });
    texts = [];
    let count = 0;
    const peer = { path: '/', address: 'a', send: (text: string) => texts.push(text) };
    link = director.link(1, peer as unknown as PeerConnection, (text) => `${count++} ${text}`);
  });

  const send = (...frames: string[]): void => {
    for (const frame of frames) link.data('t', frame);
  };
  const inject = (fault: Fault): unknown => director.inject(fault);
  const ask = (): void =>
    link.answer({
      subscribes: true,
      topics: ['t'],
      perform: () => 'ack',
      acknowledgement: () => 'ack',
      strayAcknowledgement: () => 'stray',
      refusal: () => 'refusal',
    });

  it('counts data and answers together, in the order in which they leave', () => {
    send('a');
    ask();
    send('b');
    expect(texts).toEqual(['0 a', '1 ack', '2 b']);
  });

  it('counts what is lost, and repeats the number of what comes twice', () => {
    inject({ type: 'drop-frames', count: 1 });
    inject({ type: 'duplicate-frames', count: 1 });
    send('a', 'b', 'c');
    expect(texts).toEqual(['1 b', '1 b', '2 c']);
    expect(director.log.filter(({ event }) => event === 'hit').map(({ text }) => text)).toEqual([
      '0 a',
      '1 b',
    ]);
  });

  it('reorders numbers, and does not count what a stall swallows', () => {
    inject({ type: 'reorder-frames', count: 2 });
    inject({ type: 'stall', count: 1 });
    send('a', 'b', 'c', 'd');
    expect(texts).toEqual(['1 b', '0 a', '2 d']);
  });

  it('counts what is late when it leaves', async () => {
    inject({ type: 'delay-frames', delayMs: 50, count: 1 });
    inject({ type: 'delay-ack', delayMs: 20, count: 1 });
    send('a', 'b');
    ask();
    link.data('other', 'c');
    await clock.advance(100);
    expect(texts).toEqual(['0 c', '1 ack', '2 a', '3 b']);
  });

  it('counts nothing for an answer that is lost', () => {
    inject({ type: 'lose-ack', count: 1 });
    ask();
    send('a');
    expect(texts).toEqual(['0 a']);
  });
});
