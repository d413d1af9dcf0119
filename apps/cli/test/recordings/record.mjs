/**
 * Records a short session of the simulated Binance: `node record.mjs <name> [--drop]` after a build. With `--drop` one
 * book update is left out, as if it had been lost, and the book is asked for once more afterwards.
 *
 * The committed recordings were made with it; they hold no exchange's data.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startSimulator } from '@exchange-stream/simulator';
import WebSocket from 'ws';

const SYMBOLS = ['btcusdt', 'ethusdt'];
const STREAMS = ['depth@100ms', 'trade', 'bookTicker', 'ticker', 'kline_1m'];
const DROPPED_UPDATE = 20;

const [name, option] = process.argv.slice(2);
const drop = option === '--drop';
const frames = [];
const answers = [];
const at = () => Date.now() / 1000;

const simulator = await startSimulator({ exchange: 'binance', seed: 7 });
const ask = async (path) => {
  const response = await globalThis.fetch(simulator.restUrl + path);
  const frame = await response.text();
  answers.push({ t: at(), k: 'http', url: `https://api.binance.com${path}`, frame });
};
const askBook = (symbol) => ask(`/api/v3/depth?symbol=${symbol.toUpperCase()}&limit=1000`);

await ask('/api/v3/exchangeInfo');
const socket = new WebSocket(`${simulator.webSocketUrl}/stream`);
await once(socket, 'open');
frames.push({ t: at(), k: 'connect', url: 'wss://stream.binance.com:9443/stream' });
let updates = 0;
socket.on('message', (data) => {
  const frame = data.toString();
  if (frame.startsWith('{"stream":"btcusdt@depth') && ++updates === DROPPED_UPDATE && drop) return;
  frames.push({ t: at(), k: 'recv', frame });
});
const params = SYMBOLS.flatMap((symbol) => STREAMS.map((stream) => `${symbol}@${stream}`));
const subscribe = JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 });
socket.send(subscribe);
frames.push({ t: at(), k: 'send', frame: subscribe });
await sleep(700);
for (const symbol of SYMBOLS) await askBook(symbol);
await sleep(2_500);
if (drop) await askBook('btcusdt');
await sleep(800);
socket.terminate();
await simulator.stop();

const folder = dirname(fileURLToPath(import.meta.url));
const write = (file, lines) =>
  writeFileSync(join(folder, file), gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
write(`${name}.ws.jsonl.gz`, frames);
write(`${name}.http.jsonl.gz`, answers);
