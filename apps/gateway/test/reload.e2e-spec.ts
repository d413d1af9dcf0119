import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type RunningSimulator } from '@exchange-stream/simulator';
import { until } from './gateway-under-test.ts';

const ROOT = join(__dirname, '..', '..', '..');
const MAIN = join(ROOT, 'apps', 'gateway', 'dist', 'main.js');

const list = (...symbols: string[]): string =>
  JSON.stringify({
    subscriptions: symbols.map((symbol) => ({ exchange: 'binance', channel: 'trades', symbol })),
  });

describe('the gateway process on SIGHUP', () => {
  let simulator: RunningSimulator;
  let folder: string;
  let file: string;
  let child: ChildProcess;
  let output: string;
  let exit: number | null | undefined;

  const start = async (args: string[], more: Record<string, string> = {}): Promise<string> => {
    output = '';
    exit = undefined;
    const env = {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      BINANCE_WS_URL: simulator.webSocketUrl,
      BINANCE_REST_URL: simulator.restUrl,
      ...more,
    };
    child = spawn(process.execPath, [MAIN, ...args], { env });
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('exit', (code) => (exit = code));
    const listening = /listens on (http:[^\s"]+)/;
    await until(() => listening.test(output) || exit !== undefined, 20_000);
    return listening.exec(output)?.[1] ?? `no URL in: ${output}`;
  };
  const symbols = async (url: string): Promise<string[]> => {
    const views = (await (await fetch(`${url}/v1/subscriptions`)).json()) as {
      symbol: string;
      data: string;
    }[];
    return views.filter(({ data }) => data === 'live').map(({ symbol }) => symbol);
  };

  beforeAll(async () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-b', join(ROOT, 'apps', 'gateway', 'tsconfig.app.json')]);
    simulator = await startSimulator({ exchange: 'binance' });
    folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    file = join(folder, 'gateway.json');
  }, 120_000);

  afterEach(() => child.kill('SIGKILL'));

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.stop();
  });

  it('takes the new list of its file, and none that is wrong', async () => {
    writeFileSync(file, list('BTC/USDT'));
    const url = await start(['--config', file]);
    await until(async () => (await symbols(url)).join() === 'BTC/USDT');
    writeFileSync(file, list('BTC/USDT', 'ETH/USDT'));
    child.kill('SIGHUP');
    await until(async () => (await symbols(url)).join() === 'BTC/USDT,ETH/USDT');
    expect(output).toContain('1 added, 0 released, 1 kept');
    writeFileSync(file, '{"subscriptions":');
    child.kill('SIGHUP');
    await until(() => output.includes('nothing is changed'));
    expect(await symbols(url)).toEqual(['BTC/USDT', 'ETH/USDT']);
    child.kill('SIGTERM');
    await until(() => exit !== undefined);
    expect(exit).toBe(0);
  });

  it('takes templates, and applies their difference when they change', async () => {
    const template = (symbols: unknown): string =>
      JSON.stringify({ subscriptions: [{ exchange: 'binance', channel: 'trades', symbols }] });
    writeFileSync(file, template({ pattern: 'BTC/*', quote: 'USDT' }));
    const url = await start(['--config', file]);
    await until(async () => (await symbols(url)).join() === 'BTC/USDT');
    const since = async (): Promise<unknown> => {
      const [view] = (await (await fetch(`${url}/v1/subscriptions`)).json()) as { stateSince: number }[];
      return view?.stateSince;
    };
    const before = await since();
    writeFileSync(file, template(['BTC/USDT', 'ETH/USDT']));
    child.kill('SIGHUP');
    await until(async () => (await symbols(url)).join() === 'BTC/USDT,ETH/USDT');
    expect(output).toContain('1 added, 0 released, 1 kept');
    expect(await since()).toBe(before);
    writeFileSync(file, template({ quote: 'NONE' }));
    child.kill('SIGHUP');
    await until(() => output.includes('No listed instrument is meant by a template'));
    expect(output).toContain('0 added, 2 released, 0 kept');
    child.kill('SIGTERM');
    await until(() => exit !== undefined);
  });

  it('takes over credentials that have changed in their files, and keeps those it has where one is torn', async () => {
    const secret = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const credentials = {
      keyFile: secret('key', 'canary-key-1'),
      secretFile: secret('secret', 'canary-secret-1'),
    };
    writeFileSync(file, JSON.stringify({ exchanges: { binance: { credentials } } }));
    const url = await start(['--config', file]);
    const counted = async (): Promise<string[]> =>
      (await (await fetch(`${url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('credential_files_total'))
        .map((line) => line.replace(/.*outcome="(\w+)".* (\d+)$/, '$1 $2'));
    secret('secret', '');
    child.kill('SIGHUP');
    await until(() => output.includes('exchanges.binance.credentials.secretFile: the file is empty'));
    expect(output).toContain('0 added, 0 released, 0 kept');
    expect((await counted())[0]).toBe('taken 0');
    secret('key', 'canary-key-2');
    secret('secret', 'canary-secret-2');
    child.kill('SIGHUP');
    // Without being asked, it would look twice, five seconds apart.
    await until(async () => (await counted())[0] === 'taken 1', 4_500);
    expect(output).toContain('The credentials of account default at binance were read again');
    expect(output).not.toContain('canary');
    child.kill('SIGTERM');
    await until(() => exit !== undefined);
  });

  it('says which variable holds no credentials, and nothing of what it holds', async () => {
    await start([], { BINANCE_API_KEY: 'canary-key', BINANCE_API_SECRET_FILE: 'canary-secret' });
    await until(() => exit !== undefined);
    expect([exit, output]).toEqual([
      1,
      'The gateway did not start.\nBINANCE_API_SECRET_FILE: the file cannot be read (ENOENT)\n',
    ]);
  });

  it('stops where it has no file', async () => {
    await start([]);
    child.kill('SIGHUP');
    await until(() => exit !== undefined);
    expect(exit).toBe(0);
  });
});
