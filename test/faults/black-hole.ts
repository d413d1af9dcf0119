import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Listens, says where, and never takes a connection off the queue. */
const LISTENER = `
const server = require('node:net').createServer().listen(
  { port: 0, host: '127.0.0.1', backlog: 1 },
  () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
);`;

/** By when a handshake of TCP on this machine has succeeded, if it ever does. */
const TCP_MS = 300;

export interface BlackHole {
  readonly port: number;
  close(): Promise<void>;
}

/** A port of this machine whose queue is full, so that the kernel throws SYNs away: nobody answers, nobody refuses. */
export async function startBlackHole(): Promise<BlackHole> {
  const listener = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(listener.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  const fillers: Socket[] = [];
  for (let isFull = false; !isFull;) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    isFull = await new Promise((resolve) => {
      const deadline = setTimeout(() => resolve(true), TCP_MS);
      filler.once('connect', () => {
        clearTimeout(deadline);
        resolve(false);
      });
    });
  }
  return {
    port,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      if (listener.exitCode !== null || listener.signalCode !== null) return;
      const gone = once(listener, 'close');
      listener.kill('SIGKILL');
      await gone;
    },
  };
}
