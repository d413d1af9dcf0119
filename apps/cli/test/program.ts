import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const PROGRAM = join(ROOT, 'apps/cli/dist/main.js');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** Everything the program runs: its own project and the gateway, which the demo starts. */
const PROJECTS = ['apps/cli/tsconfig.app.json', 'apps/gateway/tsconfig.app.json'];

/** Compiles what is missing or older than its sources; the compiler knows which that is. */
export function build(): void {
  execFileSync(process.execPath, [TSC, '-b', ...PROJECTS], { cwd: ROOT, stdio: 'pipe' });
}

/** The built command line, running. */
export class Program {
  out = '';
  err = '';
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => this.wrote(() => (this.out += data.toString())));
    this.child.stderr?.on('data', (data: Buffer) => this.wrote(() => (this.err += data.toString())));
    this.exit = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves once the output satisfies the condition; rejects when the program ends before. */
  until(condition: (program: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition(this)) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
      void this.exit.then((code) => reject(new Error(`ended with ${code}:\n${this.out}\n${this.err}`)));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private wrote(append: () => void): void {
    append();
    for (const check of [...this.waiting]) check();
  }
}

/** Runs to the end. */
export async function run(
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ code: number | null; out: string; err: string }> {
  const program = new Program(args, env);
  const code = await program.exit;
  return { code, out: program.out, err: program.err };
}

/** A port in use until closed. */
export function occupyPort(): Promise<{ port: string; release: () => Promise<void> }> {
  const server: Server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? String(address?.port) : '';
      resolve({ port, release: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<string> {
  const { port, release } = await occupyPort();
  await release();
  return port;
}

/** Processes that this one has started and that are alive. */
export function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n');
  return table
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
