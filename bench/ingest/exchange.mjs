/**
 * The exchange of the ingest benchmarks, in a process of its own: it confirms subscriptions, answers over REST, and sends
 * what it is told to as fast as the socket takes it, or at a pace. Frames are written before the clock runs.
 *
 * Forked; argument: the number of markets. Ends with its parent.
 */
import { createServer } from 'node:http';
import process from 'node:process';
import { WebSocketServer } from 'ws';
import { Market, marketsOf } from './market.mjs';

const PING_MS = 15_000;
const [markets] = process.argv.slice(2);
const market = new Market(Number(markets));
/** By the name at the end of their path. */
const sockets = new Map();
/** What goes to everybody in this round. */
let round = Buffer.alloc(0);
const snapshots = new Map();

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://exchange.test');
  response.setHeader('content-type', 'application/json').setHeader('x-mbx-used-weight-1m', '1');
  if (pathname.endsWith('/exchangeInfo')) return response.end(market.exchangeInfo);
  if (pathname.endsWith('/time')) return response.end(JSON.stringify({ serverTime: Date.now() }));
  response.end(snapshots.get(searchParams.get('symbol')) ?? '{}');
});

new WebSocketServer({ server }).on('connection', (socket, request) => {
  const { pathname } = new URL(request.url, 'ws://exchange.test');
  sockets.set(pathname.split('/')[1], socket);
  setInterval(() => socket.ping(), PING_MS).unref();
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const { method, params, id } = JSON.parse(data);
    if (method !== undefined) socket.send(JSON.stringify({ result: null, id }));
    if (method === 'SUBSCRIBE') process.send({ subscribed: pathname.split('/')[1], topics: params.length });
  });
});

const COMMANDS = {
  /** Books as they stand before anything is sent. */
  snapshot: () => {
    for (const { native } of marketsOf(Number(markets))) snapshots.set(native, market.snapshot(native));
  },
  write: ({ kind, count }) => {
    const write = () => (kind === 'depth' ? market.bookUpdate() : market.trade());
    round = Buffer.concat(Array.from({ length: count }, () => frameOf(write())));
  },
  send: ({ to }, done) => void sockets.get(to)._socket.write(round, done),
  pace,
};

process.on('message', (message) => {
  const done = () => process.send({ done: message.command });
  COMMANDS[message.command](message, done);
  if (message.command !== 'send' && message.command !== 'pace') done();
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

/** A text message from a server. */
function frameOf(text) {
  const payload = Buffer.from(text, 'latin1');
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 2 : 4);
  head[0] = 0x81;
  head[1] = isShort ? payload.length : 126;
  if (!isShort) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** Trades whose amount says when they left: microseconds of the monotonic clock, of which 100 s fit. */
function pace({ to, count, perSecond }, done) {
  const socket = sockets.get(to)._socket;
  const began = process.hrtime.bigint();
  let sent = 0;
  const turn = () => {
    const now = process.hrtime.bigint();
    const due = Math.min(count, Math.floor((Number(now - began) * perSecond) / 1e9));
    const amount = (Number((now / 1_000n) % 100_000_000n) / 1e8 + 1).toFixed(8);
    const frames = [];
    for (; sent < due; sent++) frames.push(frameOf(market.trade(amount)));
    if (frames.length > 0) socket.write(Buffer.concat(frames));
    if (sent < count) setTimeout(turn, 1);
    else done();
  };
  turn();
}
