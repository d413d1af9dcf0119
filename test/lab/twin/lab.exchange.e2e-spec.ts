import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { serveExchange, type RunningExchange } from '@exchange-stream/simulator/kit';
import { SystemClock } from '@exchange-stream/market-data';
import { WebSocket } from 'ws';
import { LabExchange } from './lab.exchange.ts';
import type { LabOptions } from './lab.options.ts';

describe('lab on a port', () => {
  let running: RunningExchange<LabExchange>;
  const serve = async (options: Omit<LabOptions, 'clock'>): Promise<void> => {
    running = await serveExchange(new LabExchange({ clock: new SystemClock(), ...options }));
  };
  const open = (path = '/public'): WebSocket => new WebSocket(`${running.webSocketUrl}${path}`);

  afterEach(() => running.stop());

  test('compresses by permessage-deflate where the dialect says so', async () => {
    await serve({ packing: 'permessage-deflate' });
    const socket = open();
    await once(socket, 'open');
    expect(socket.extensions).toContain('permessage-deflate');
    socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: ['trades:BTC-USDT'] }));
    const [data, binary] = (await once(socket, 'message')) as [Buffer, boolean];
    expect([data.toString(), binary]).toEqual(['{"ack":1}', false]);
  });

  test('answers pings, sends binary frames, and refuses by HTTP', async () => {
    await serve({ packing: 'deflate-raw' });
    const socket = open();
    await once(socket, 'open');
    expect(socket.extensions).toBe('');
    socket.ping('x');
    const [payload] = (await once(socket, 'pong')) as [Buffer];
    expect(payload.toString()).toBe('x');
    socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: ['trades:BTC-USDT'] }));
    const [, binary] = (await once(socket, 'message')) as [Buffer, boolean];
    expect(binary).toBe(true);
    for (let dial = 0; dial < 4; dial++) await once(open(), 'open');
    const refused = open();
    refused.on('error', () => undefined);
    const [, response] = (await once(refused, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: Record<string, string> },
    ];
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '15']);
    refused.terminate();
  });

  test('takes signed calls with a body, and tokens in the URL of a socket', async () => {
    await serve({ entry: 'token' });
    const call = async (method: string, nonce: number, body: string): Promise<Record<string, unknown>> => {
      const text = [method, '/api/token', nonce, body].join('\n');
      const response = await fetch(`${running.restUrl}/api/token`, {
        method,
        headers: {
          'lab-key': 'lab-key',
          'lab-nonce': String(nonce),
          'lab-signature': createHmac('sha256', 'lab-secret').update(text).digest('hex'),
        },
        ...(body !== '' && { body }),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const { token } = await call('POST', 1, '');
    expect(await call('PUT', 2, JSON.stringify({ token }))).toEqual({ lifetimeMs: 60_000 });
    await once(open(`/private?token=${String(token)}`), 'open');
    const refused = open('/private?token=guessed');
    refused.on('error', () => undefined);
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(401);
    refused.terminate();
  });

  test('closes without a code, and with a frame that no client takes', async () => {
    await serve({});
    const socket = open();
    await once(socket, 'open');
    running.exchange.faults.inject({ type: 'close' });
    expect((await once(socket, 'close'))[0]).toBe(1005);
    const other = open();
    await once(other, 'open');
    running.exchange.faults.inject({ type: 'malformed-close' });
    const [error] = (await once(other, 'error')) as [Error];
    expect(error.message).toContain('invalid payload length 126');
  });
});
