import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, childrenOf, freePort, isAlive, occupyPort, Program, run } from './program.ts';

const RECORDINGS = join(__dirname, 'recordings');
const CLEAN = [join(RECORDINGS, 'clean.ws.jsonl.gz'), '--http', join(RECORDINGS, 'clean.http.jsonl.gz')];
const GAP = [join(RECORDINGS, 'gap.ws.jsonl.gz'), '--http', join(RECORDINGS, 'gap.http.jsonl.gz')];
const BINANCE = ['--exchange', 'binance'];

let folder: string;
const started: Program[] = [];

/** Starts a program that the test's end kills, should the test fail to stop it. */
function start(args: readonly string[], env?: NodeJS.ProcessEnv): Program {
  const program = new Program(args, env);
  started.push(program);
  return program;
}

beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), 'exchange-stream-'));
}, 120_000);

afterEach(async () => {
  for (const program of started.splice(0)) {
    program.signal('SIGTERM');
    await program.exit;
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('verify', () => {
  it('ends with 0 on a clean session and prints JSON alone', async () => {
    const { code, out, err } = await run(['verify', ...CLEAN, ...BINANCE, '--json']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(Object.keys(JSON.parse(out) as object)).toEqual([
      ...['exchange', 'frames', 'events', 'ignored', 'unhandled', 'rejected', 'decodeErrors', 'connections'],
      ...['books', 'ok'],
    ]);
  });

  it('ends with 1 on a gap and says where it is', async () => {
    const { code, out, err } = await run(['verify', ...GAP, ...BINANCE]);

    expect(code).toBe(1);
    expect(out).toContain('NOT OK: 1 gap\n');
    expect(err).toMatch(/gap\.ws\.jsonl\.gz:\d+: gap in book of BTC\/USDT/);
  });

  it('writes every event that it counts, and the changes of trust between them', async () => {
    const events = join(folder, 'events.jsonl');
    const { out } = await run(['verify', ...CLEAN, ...BINANCE, '--json', '--events', events]);
    const lines = readFileSync(events, 'utf8').trim().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    const counted = Object.values((JSON.parse(out) as { events: Record<string, number> }).events);

    expect(types.filter((type) => type !== 'status')).toHaveLength(
      counted.reduce((sum, count) => sum + count),
    );
    expect(types).toContain('status');
  });

  it('ends with 2 when the events cannot be written', async () => {
    const { code, err } = await run([
      'verify',
      ...CLEAN,
      ...BINANCE,
      '--events',
      join(folder, 'no/such/folder'),
    ]);

    expect(code).toBe(2);
    expect(err).toMatch(/no\/such\/folder: cannot be written: ENOENT/);
  });

  it.each([
    ['no file', ['nowhere.jsonl', ...BINANCE], /nowhere\.jsonl: cannot be read: ENOENT/],
    ['an unknown exchange', [...CLEAN, '--exchange', 'mtgox'], /no exchange "mtgox"\. Use one of: binance/],
    ['no exchange', CLEAN, /--exchange <id>/],
  ])('ends with 2 when given %s', async (_what, args, message) => {
    const { code, out, err } = await run(['verify', ...args]);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('ends with 2 on a malformed line, naming file and line', async () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, '{"t":1,"k":"connect","url":"wss://stream.binance.com/ws"}\n\n{"t":2,"k":"re');
    const { code, err } = await run(['verify', file, ...BINANCE]);

    expect(code).toBe(2);
    expect(err).toContain(`${file}:3: not a line of a recorded session`);
  });

  it('ends with 2 on a file that is cut off in the middle', async () => {
    const file = join(folder, 'cut.jsonl.gz');
    writeFileSync(file, readFileSync(CLEAN[0]!).subarray(0, 5_000));
    const { code, err } = await run(['verify', file, ...BINANCE]);

    expect(code).toBe(2);
    expect(err).toMatch(/cut\.jsonl\.gz.*: cannot be read: unexpected end of file/);
  });
});

describe('simulate', () => {
  it('runs until it is told to stop', async () => {
    const program = start(['simulate', ...BINANCE, '--port', '0']);
    await program.until(({ out }) => out.includes('BINANCE_WS_URL='));
    const [url] = /http:\/\/\S+/.exec(program.out)!;
    const answer = await fetch(`${url}/api/v3/time`);
    program.signal('SIGINT');

    expect(answer.status).toBe(200);
    expect(await program.exit).toBe(0);
  });

  it('says that its port is taken', async () => {
    const { port, release } = await occupyPort();
    const { code, err } = await run(['simulate', ...BINANCE, '--port', port]);
    await release();

    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port} .*EADDRINUSE`));
  });

  it('names the exchanges it knows to one who asks for another', async () => {
    const { code, err } = await run(['simulate', '--exchange', 'mtgox']);

    expect(code).toBe(1);
    expect(err).toContain('Use one of: binance');
  });
});

describe('demo and tail', () => {
  it('run side by side, and leave nothing behind', async () => {
    const port = await freePort();
    const demo = start(['demo'], { PORT: port, SIMULATOR_PORT: '0' });
    await demo.until(({ out }) => /\d+ messages\n/.test(out));
    const children = childrenOf(demo.pid);
    const url = ['--url', `http://127.0.0.1:${port}`];

    const trades = start(['tail', ...url, ...BINANCE, '--channel', 'trades', '--symbol', 'BTC/USDT']);
    const book = start(['tail', ...url, ...BINANCE, '--channel', 'book', '--symbol', 'ETH/USDT', '--json']);
    await trades.until(({ out }) => /(buy|sell) +[\d.]+ @ [\d.]+\n/.test(out));
    await book.until(({ out }) => out.includes('"t":"upd"'));
    trades.signal('SIGINT');
    book.signal('SIGTERM');

    expect(await trades.exit).toBe(0);
    expect(await book.exit).toBe(0);
    expect(book.out.split('\n')[0]).toMatch(/^\{"t":"status","ch":"binance book ETH\/USDT"/);

    const refused = await run(['tail', ...url, ...BINANCE, '--channel', 'trades', '--symbol', 'NO/SUCH']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('does not trade "NO/SUCH"');

    const waiting = start(['tail', ...url, ...BINANCE, '--channel', 'trades', '--symbol', 'BTC/USDT']);
    await waiting.until(({ out }) => out.includes('@'));
    demo.signal('SIGINT');
    expect(await demo.exit).toBe(0);
    expect(children).toHaveLength(1);
    expect(children.filter(isAlive)).toEqual([]);

    await waiting.until(({ err }) => err.includes('trying again'));
    waiting.signal('SIGINT');
    expect(await waiting.exit).toBe(0);
  }, 60_000);

  it('does not outlive its gateway', async () => {
    const demo = start(['demo'], { PORT: '0' });
    await demo.until(({ out }) => /\d+ messages\n/.test(out));
    for (const child of childrenOf(demo.pid)) process.kill(child, 'SIGKILL');

    expect(await demo.exit).toBe(1);
    expect(demo.err).toContain('The gateway has ended (SIGKILL)');
  }, 60_000);

  it.each(['PORT', 'SIMULATOR_PORT'])(
    'says that %s is taken, and leaves nothing running',
    async (variable) => {
      const { port, release } = await occupyPort();
      const demo = start(['demo'], { PORT: '0', SIMULATOR_PORT: '0', [variable]: port });
      const code = await demo.exit;
      await release();

      expect({ code, children: childrenOf(demo.pid) }).toEqual({ code: 1, children: [] });
      expect(demo.err).toBe(
        `Port ${port} is taken. Set ${variable} to a free one, such as ${variable}=0 for any.\n`,
      );
    },
  );
});
