import type { Reply } from '@exchange-stream/nestjs/engine';
import { TradingDesk } from './trading-desk.ts';
import { measured } from './measured.ts';

describe('faults of messages', () => {
  test('a response after its timeout harms nobody, is told as late, and answers no other request', async () => {
    const desk = await TradingDesk.open({ seed: 41 });
    // Five milliseconds there, and five back.
    const late = desk.place({ deadlineMs: 8 });
    await desk.world.clock.advance(9);
    await expect(late.reply).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', wasSent: true, replies: [] });
    const askedAgain = desk.place();
    await desk.world.clock.advance(1_000);
    // The next one has its own answer, of the order that was placed second.
    expect(orderOf(await askedAgain.reply)).toBe('p2');
    const told = desk.problems();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('it came after the deadline of its request');
    expect(desk.endingsOf('other')).toEqual(['timeout', 'answered']);
    await desk.world.expectTruth();
    await desk.close();
    measured({
      case: 'response after timeout',
      fault: 'answer 2 ms after the deadline of its request',
      detectedMs: 8,
      outcome: `typed error (sent, no answer), the late answer told once: "${told[0]}"; the next request has its own`,
    });
  });

  test('a duplicate id is refused before anything is sent, and the first request keeps its answer', async () => {
    const desk = await TradingDesk.open({ seed: 42 });
    const first = desk.place();
    const sent = desk.messagesSent();
    const second = desk.place({ id: first.id });
    await expect(second.reply).rejects.toMatchObject({ code: 'DUPLICATE_REQUEST' });
    expect(desk.messagesSent()).toBe(sent);
    await desk.world.clock.advance(1_000);
    expect(orderOf(await first.reply)).toBe('p1');
    // Used before, and answered: the exchange itself says no, and that is the answer.
    const third = desk.place({ id: first.id });
    await desk.world.clock.advance(1_000);
    await expect(third.reply).rejects.toMatchObject({ code: 'REQUEST_REFUSED', refusal: { code: '6' } });
    await desk.world.expectTruth(['invalid-request']);
    await desk.close();
    measured({
      case: 'duplicate id',
      fault: 'second request under an id that waits; and under one that was used',
      detectedMs: 0,
      outcome: 'refused at once, nothing sent, the first one answered; the used one refused by the exchange',
    });
  });

  test('a message for a closing socket is refused at once and not sent; what waits there is told as lost', async () => {
    const desk = await TradingDesk.open({ seed: 43 });
    const waiting = desk.place();
    const sent = desk.messagesSent();
    desk.trading.release();
    const closing = desk.place();
    await expect(closing.reply).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect(
      desk.world.stream.manager('lab').send('lab/trading/1', 'x', { match: { key: 'x' } }),
    ).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(desk.messagesSent()).toBe(sent);
    await expect(waiting.reply).rejects.toMatchObject({ code: 'REQUEST_LOST', wasSent: true });
    expect(desk.trading.view()).toBeUndefined();
    await desk.world.clock.advance(1_000);
    await desk.world.expectTruth();
    await desk.close();
    measured({
      case: 'send on a closing socket',
      fault: 'we close it',
      detectedMs: 0,
      outcome: 'refused at once, nothing sent; the request under way is told as lost, and as sent',
    });
  });

  test('a message into a socket that the exchange has closed meanwhile is told as lost, at once', async () => {
    const desk = await TradingDesk.open({ seed: 44 });
    desk.world.exchange.faults.inject({ type: 'close', code: 1012 });
    // The close is on its way; for us the socket is open.
    const lost = desk.place();
    const askedAt = desk.world.clock.monotonic();
    let toldMs = Infinity;
    lost.reply.catch(() => (toldMs = desk.world.clock.monotonic() - askedAt));
    await desk.world.clock.advance(10);
    await expect(lost.reply).rejects.toMatchObject({ code: 'REQUEST_LOST', wasSent: true });
    expect(toldMs).toBeLessThanOrEqual(10);
    await expect(desk.place().reply).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await desk.world.recover(60_000);
    const again = desk.place();
    await desk.world.clock.advance(1_000);
    expect(orderOf(await again.reply)).toBe('p1');
    await desk.world.expectTruth();
    await desk.close();
    measured({
      case: 'send on a closing socket',
      fault: 'the exchange closes it',
      detectedMs: toldMs,
      outcome: 'told as lost and as sent; refused while there is no socket; answered on the next one',
    });
  });
});

function orderOf([reply]: readonly Reply[]): string {
  return (JSON.parse(reply!.frame) as { result: { orderId: string } }).result.orderId;
}
