import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../../gateway/dist/main.js');
/** A little more than the gateway allows itself. */
const STOP_DEADLINE_MS = 12_000;
/** Output that is kept to explain an early end. */
const KEPT_CHARACTERS = 4_000;

/** The gateway as a process of its own. */
export class GatewayProcess {
  /** Resolves when it has ended, whatever the reason. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private output = '';
  private hasEnded = false;
  private readonly killOnExit = (): void => void this.child.kill('SIGKILL');

  constructor(env: NodeJS.ProcessEnv) {
    // A process group of its own: Ctrl-C reaches every process of the terminal, and the gateway takes a second signal,
    // which is ours, for impatience.
    this.child = spawn(process.execPath, [PROGRAM], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.child.stdout?.on('data', (data: Buffer) => this.keep(data));
    this.child.stderr?.on('data', (data: Buffer) => this.keep(data));
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.hasEnded = true;
        process.off('exit', this.killOnExit);
        resolve(how);
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('close', (code, signal) => end(signal === null ? `exit code ${code}` : signal));
    });
    process.on('exit', this.killOnExit);
  }

  static get isBuilt(): boolean {
    return existsSync(PROGRAM);
  }

  /** The end of what it wrote. */
  get lastOutput(): string {
    return this.output.trim();
  }

  /** Asks it to stop, and makes it when it does not. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private keep(data: Buffer): void {
    this.output = (this.output + data.toString('utf8')).slice(-KEPT_CHARACTERS);
  }
}
