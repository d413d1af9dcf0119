import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type RunningSimulator } from '@exchange-stream/simulator';
import { FeedReader } from './feed-reader.ts';
import { until } from './gateway-under-test.ts';

const ROOT = join(__dirname, '..', '..', '..');
const MAIN = join(ROOT, 'apps', 'gateway', 'dist', 'main.js');
const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' };

/** The gateway as operators run it: a process with environment, output and an exit code. */
class GatewayProcess {
  output = '';
  exit: { code: number | null; signal: string | null } | undefined;
  private readonly child: ChildProcess;

  constructor(env: Record<string, string>, args: string[] = []) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [MAIN, ...args], { env: { PATH, PORT: '0', ...env } });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.on('exit', (code, signal) => (this.exit = { code, signal }));
  }

  async url(): Promise<string> {
    const listening = /listens on (http:\S+)/;
    await until(() => listening.test(this.output) || this.exit !== undefined, 20_000);
    return listening.exec(this.output)?.[1] ?? `no URL in: ${this.output}`;
  }

  /** Sends the signal and waits for the end; how long it took, in milliseconds. */
  async stop(signal: NodeJS.Signals): Promise<number> {
    const start = performance.now();
    this.child.kill(signal);
    await until(() => this.exit !== undefined, 15_000);
    return performance.now() - start;
  }

  async ended(): Promise<void> {
    await until(() => this.exit !== undefined, 20_000);
  }

  kill(): void {
    if (this.exit === undefined) this.child.kill('SIGKILL');
  }
}

describe('the gateway process', () => {
  let simulator: RunningSimulator;
  let folder: string;
  let gateway: GatewayProcess | undefined;
  let readers: FeedReader[] = [];
  const exchange = (): Record<string, string> => ({
    BINANCE_WS_URL: simulator.webSocketUrl,
    BINANCE_REST_URL: simulator.restUrl,
  });

  beforeAll(async () => {
    execFileSync(process.execPath, [
      join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-b',
      join(ROOT, 'apps', 'gateway', 'tsconfig.app.json'),
    ]);
    simulator = await startSimulator({ exchange: 'binance' });
    folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  }, 120_000);

  afterEach(() => {
    for (const reader of readers) reader.kill();
    readers = [];
    gateway?.kill();
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.stop();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s with code 0, though of 50 clients one is stuck and a request is unfinished',
    async (signal) => {
      gateway = new GatewayProcess(exchange());
      const url = await gateway.url();
      readers = await Promise.all(Array.from({ length: 50 }, () => FeedReader.connect(url)));
      await Promise.all(readers.map((reader) => reader.subscribe(BOOK)));
      await until(() => readers.every((reader) => reader.data('binance book BTC/USDT').length > 0));
      const [stuck, ...others] = readers;
      stuck!.freeze();
      const unfinished = connect(Number(new URL(url).port), '127.0.0.1');
      unfinished.write('GET /v1/subscriptions HTTP/1.1\r\nHost: gateway\r\n');
      unfinished.on('error', () => undefined);
      const took = await gateway.stop(signal);
      expect(gateway.exit).toEqual({ code: 0, signal: null });
      expect(took).toBeLessThan(5_000);
      await until(() => others.every(({ disconnected }) => disconnected !== undefined));
      expect(others.every(({ notices }) => notices.some(({ event }) => event === 'reconnect'))).toBe(true);
      expect(others.flatMap(({ breaks }) => breaks)).toEqual([]);
      const told = others.flatMap((reader) => reader.statuses('binance book BTC/USDT'));
      expect(new Set(told.map(({ state }) => state))).not.toContain('stale');
      await until(() => simulator.exchange.connections.size === 0);
    },
    60_000,
  );

  it('ends with code 0 while the exchange cannot be reached', async () => {
    gateway = new GatewayProcess({
      BINANCE_WS_URL: 'ws://127.0.0.1:9',
      BINANCE_REST_URL: 'http://127.0.0.1:9',
      SUBSCRIPTIONS: 'binance:book:BTC/USDT',
    });
    await gateway.url();
    expect(await gateway.stop('SIGTERM')).toBeLessThan(5_000);
    expect(gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.output).toContain('"msg":"SIGTERM: stops, within ');
  });

  it('says once, in one line, where it listens', async () => {
    gateway = new GatewayProcess(exchange());
    const url = await gateway.url();
    const lines = gateway.output.split('\n').filter((line) => line.includes('listens on'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'info',
      msg: `exchange-stream/0.1.0 listens on ${url} (feed /feed, docs /docs) for binance`,
    });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await gateway.stop('SIGTERM');
  });

  it('names the port and the variable when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      gateway = new GatewayProcess({ ...exchange(), PORT: String(port), LOG_LEVEL: 'silent' });
      await gateway.ended();
      expect(gateway.exit).toEqual({ code: 1, signal: null });
      expect(gateway.output).toContain(`PORT: ${port} on 127.0.0.1 is taken`);
      expect(gateway.output).not.toContain('    at ');
    } finally {
      holder.close();
    }
  });

  it('names every wrong value, shows no secret and no stack, and exits with code 1', async () => {
    const path = join(folder, 'gateway.yaml');
    writeFileSync(path, 'prot: 1\nfeed:\n  origin: []\n');
    gateway = new GatewayProcess({}, ['--config', path]);
    await gateway.ended();
    expect(gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.output).toContain('prot: unknown key; did you mean port?');
    expect(gateway.output).toContain('feed.origin: unknown key; did you mean feed.origins?');

    gateway = new GatewayProcess({ PORT: 'http', BINANCE_WS_URL: 'wss://u:hunter2@host/?token=hunter2' });
    await gateway.ended();
    expect(gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.output).toContain('PORT: got "http"; takes a whole number from 0 to 65535');
    expect(gateway.output).toContain('BINANCE_WS_URL: got');
    expect(gateway.output).not.toContain('hunter2');
    expect(gateway.output).not.toContain('    at ');
  });

  it('refuses a default subscription that cannot work, without a stack', async () => {
    gateway = new GatewayProcess({ ...exchange(), SUBSCRIPTIONS: 'binance:candles:BTC/USDT?interval=7y' });
    await gateway.ended();
    expect(gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.output).toContain('interval');
    expect(gateway.output).not.toContain('    at ');
  });
});
