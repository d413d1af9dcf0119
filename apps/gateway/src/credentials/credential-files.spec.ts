import { FakeWorld, type FakeSocket } from '../../../../libs/exchange-stream/test/engine/fake-exchange.ts';
import { privateAdapter } from '../../../../libs/exchange-stream/test/engine/private-exchange.ts';
import { loadConfig } from '../config/load-config.ts';
import { CredentialFiles, LOOK_INTERVAL_MS } from './credential-files.ts';
import { settingsWithCredentials } from './settings-with-credentials.ts';

const ticker = { exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' } as const;

const ENV = {
  EXCHANGES: 'fake',
  FAKE_API_KEY_FILE: '/secrets/key',
  FAKE_API_SECRET_FILE: '/secrets/secret',
  FAKE_ACCOUNTS: 'fixed',
  FAKE_ACCOUNT_FIXED_API_KEY: 'fixed-key',
  FAKE_ACCOUNT_FIXED_API_SECRET: 'fixed-secret',
};

class Rig {
  readonly disk = new Map([
    ['/secrets/key', 'canary-key-one\n'],
    ['/secrets/secret', 'canary-secret-one\n'],
  ]);
  readonly log: string[] = [];
  /** How often a file was read while the gateway ran. */
  reads = 0;
  readonly world: FakeWorld;
  readonly files: CredentialFiles;
  private readonly acknowledged = new Set<string>();

  constructor() {
    const config = loadConfig({
      env: ENV,
      argv: [],
      adapters: { fake: () => privateAdapter() },
      readFile: (path) => this.text(path),
    });
    this.world = new FakeWorld(privateAdapter(), {
      settings: settingsWithCredentials(config),
      subscriptions: [ticker],
    });
    const tell =
      (level: string) =>
      (message: unknown): void =>
        void this.log.push(`${level} ${String(message)}`);
    const read = (path: string): Promise<string> => {
      this.reads++;
      return Promise.resolve().then(() => this.text(path));
    };
    this.files = new CredentialFiles(config.accounts, this.world.stream, read, {
      log: tell('log'),
      warn: tell('warn'),
    });
    this.files.start();
  }

  write(name: 'key' | 'secret', text: string): void {
    this.disk.set(`/secrets/${name}`, text);
  }

  /** Lets the engine and the files do what they have to do within so many looks, at an exchange that is well. */
  async looks(count: number): Promise<void> {
    for (let second = 0; second < (count * LOOK_INTERVAL_MS) / 1_000; second++) {
      await this.world.clock.advance(1_000);
      await this.settle();
    }
  }

  /** Lets the engine do what it has to do now. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round++) await this.world.clock.advance(0);
    for (const socket of this.world.sockets.filter(({ accepted, closed }) => accepted && !closed)) {
      socket.handlers.onPong();
      for (const { op, key } of socket.sent) if (op !== 'login') this.acknowledge(socket, key);
    }
  }

  /** A socket opens; what it logs in with is answered. */
  async logIn(answer: 'ack' | 'deny' = 'ack'): Promise<FakeSocket> {
    await this.settle();
    const { socket } = this.world;
    socket.accept();
    await this.settle();
    const login = socket.sent.find(({ op }) => op === 'login');
    if (!login) throw new Error('Nobody logged in.');
    socket.push(answer === 'ack' ? { ack: login.key } : { denied: login.key, code: '401' });
    await this.settle();
    return socket;
  }

  private acknowledge(socket: FakeSocket, key: string): void {
    const id = `${this.world.sockets.indexOf(socket)} ${key}`;
    if (this.acknowledged.has(id)) return;
    this.acknowledged.add(id);
    socket.push({ ack: key });
  }

  private text(path: string): string {
    const text = this.disk.get(path);
    if (text !== undefined) return text;
    throw Object.assign(new Error(`ENOENT: canary, open '${path}'`), { code: 'ENOENT' });
  }
}

const keyOf = (socket: FakeSocket): unknown => socket.sent.find(({ op }) => op === 'login')?.topics[0];

describe('files of credentials', () => {
  let rig: Rig;

  beforeEach(() => (rig = new Rig()));

  afterEach(async () => {
    rig.files.stop();
    const closed = rig.world.stream.close();
    await rig.world.clock.advance(60_000);
    await closed;
    expect(rig.world.clock.pending).toBe(0);
    expect(rig.log.join('\n')).not.toContain('canary');
  });

  it('log connections in anew when they change, before the old ones close', async () => {
    rig.world.stream.start();
    const first = await rig.logIn();
    expect(keyOf(first)).toBe('canary-key-one');
    rig.write('key', 'canary-key-two\n');
    rig.write('secret', 'canary-secret-two\n');
    await rig.looks(1);
    expect(rig.world.sockets).toHaveLength(1);
    await rig.looks(1);
    expect(rig.world.sockets).toHaveLength(2);
    expect(first.closed).toBe(false);
    const second = await rig.logIn();
    expect(second.sent.find(({ op }) => op === 'login')?.topics.slice(0, 2)).toEqual([
      'canary-key-two',
      'canary-secret-two',
    ]);
    expect(rig.log).toEqual([
      'log The credentials of account default at fake were read again and are taken over',
    ]);
    expect(rig.files.counts()).toEqual([['fake', { taken: 1, unusable: 0 }]]);
  });

  it('are taken over as a pair: not while they are still being written', async () => {
    rig.world.stream.start();
    await rig.logIn();
    rig.write('key', 'canary-key-two');
    await rig.looks(1);
    rig.write('secret', 'canary-secret-two');
    await rig.looks(1);
    expect(rig.world.sockets).toHaveLength(1);
    await rig.looks(1);
    const { sent } = await rig.logIn();
    expect(sent.find(({ op }) => op === 'login')?.topics.slice(0, 2)).toEqual([
      'canary-key-two',
      'canary-secret-two',
    ]);
  });

  it.each<[string, (rig: Rig) => void, string]>([
    ['empty', (rig) => rig.write('key', '\n'), 'FAKE_API_KEY_FILE: the file is empty'],
    [
      'torn',
      (rig) => rig.write('secret', 'canary\0\0'),
      'FAKE_API_SECRET_FILE: the file holds characters that no text has',
    ],
    [
      'gone',
      (rig) => rig.disk.delete('/secrets/secret'),
      'FAKE_API_SECRET_FILE: the file cannot be read (ENOENT)',
    ],
  ])('change nothing while one is %s, and the log says so once', async (_what, damage, problem) => {
    rig.world.stream.start();
    await rig.logIn();
    damage(rig);
    await rig.looks(4);
    expect(rig.log).toEqual([`warn Account default at fake keeps the credentials it has: ${problem}`]);
    expect(rig.files.counts()).toEqual([['fake', { taken: 0, unusable: 4 }]]);
    expect(rig.world.sockets).toHaveLength(1);
    expect(rig.world.stream.accounts()[0]).toMatchObject({ account: 'default', state: 'authenticated' });
    rig.write('key', 'canary-key-one');
    rig.write('secret', 'canary-secret-one');
    await rig.looks(2);
    expect(rig.log.at(-1)).toBe('log The files of account default at fake can be read again');
    expect(rig.world.sockets).toHaveLength(1);
  });

  it('bring back what was refused, once they are right', async () => {
    rig.world.stream.start();
    await rig.logIn('deny');
    expect(rig.world.stream.canUseAuthenticated('fake')).toMatchObject({ canUse: false, state: 'rejected' });
    rig.write('key', 'canary-key-two');
    await rig.looks(2);
    await rig.logIn();
    expect(rig.world.stream.canUseAuthenticated('fake')).toMatchObject({
      canUse: true,
      state: 'authenticated',
    });
  });

  it('are taken at once when somebody asks, and refused ones shown once more', async () => {
    rig.world.stream.start();
    await rig.logIn('deny');
    expect(rig.world.sockets).toHaveLength(1);
    await rig.files.takeNow();
    await rig.logIn();
    expect(rig.world.stream.canUseAuthenticated('fake')).toMatchObject({ canUse: true });
    await rig.files.takeNow();
    expect(rig.files.counts()).toEqual([['fake', { taken: 1, unusable: 0 }]]);
    rig.write('key', 'canary-key-two');
    await rig.files.takeNow();
    expect(rig.files.counts()).toEqual([['fake', { taken: 2, unusable: 0 }]]);
  });

  it('are looked at no more after the stop', async () => {
    await rig.looks(1);
    const { reads } = rig;
    expect(reads).toBe(2);
    rig.files.stop();
    await rig.looks(3);
    expect(rig.reads).toBe(reads);
  });
});
