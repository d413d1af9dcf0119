import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { FrameSink } from './frame-sink.ts';

test('nothing of a frame stays once it has been read', () => {
  const nothing = (): undefined => undefined;
  const sink = new FrameSink({
    ...{ statistics: new ExchangeStatistics(), stream: nothing, reply: nothing, pong: nothing },
    ...{ answer: nothing, tokenLost: nothing, closing: nothing, paused: nothing, resumed: nothing },
    ...{ marketStatus: nothing, problem: nothing, missed: () => false },
  });
  sink.begin(Buffer.from('{"price":"1"}'), 0);
  expect(sink.text()).toBe('{"price":"1"}');
  sink.end();
  expect(sink.text()).toBe('');
});
