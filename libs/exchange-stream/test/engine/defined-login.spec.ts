import {
  ConnectionClosedError,
  TemporaryLoginError,
  type ConnectionDefinition,
  type LoginHandle,
} from '../../src/engine/index.ts';
import { accept, asked, defined, frame, lose, settle } from './defined-world.ts';

/** Logs in as exchanges want it: one message, and one answer. */
const authenticate = (login: LoginHandle): Promise<void> =>
  new Promise((resolve, reject) => {
    login.onFrame((text) => {
      if (text === 'welcome') resolve();
      else if (text === 'later') reject(new TemporaryLoginError('busy', 'E7'));
      else reject(Object.assign(new RangeError('key s3cret is no good'), { code: 'E1' }));
    });
    login.send(frame('login')).catch(reject);
  });

const loggingIn = (more: Partial<ConnectionDefinition> = {}): ReturnType<typeof defined> =>
  defined({ authenticate, ...more });

const lastView = ({ lifecycle }: ReturnType<typeof defined>['world']): object => {
  const views = lifecycle.flatMap((event) => (event.type === 'connection' ? [event.connection] : []));
  return views.at(-1) ?? {};
};

describe('the login of a user-defined connection', () => {
  test('comes before its topics, on every socket', async () => {
    const { world, handle } = loggingIn();
    handle.subscribe(['a']);
    for (let round = 0; round < 2; round++) {
      await accept(world);
      expect(handle.view()?.state).toBe('authenticating');
      await expect(handle.send(frame('early'))).rejects.toBeInstanceOf(ConnectionClosedError);
      expect(asked(world)).toEqual(['login ']);
      world.socket.push('welcome');
      await settle(world);
      expect(handle.view()?.state).toBe('open');
      expect(asked(world)).toEqual(['sub a']);
      await lose(world);
    }
  });

  test('is not repeated after a refusal, and can be asked for again', async () => {
    const { world, handle } = loggingIn();
    handle.subscribe(['a']);
    await accept(world);
    world.socket.push('no');
    await settle(world);
    expect(world.socket.closed).toBe(true);
    expect(lastView(world)).toMatchObject({
      state: 'closed',
      reason: 'the login failed (RangeError): it is not tried again by itself',
      failure: { kind: 'login', code: 'E1' },
    });
    expect(JSON.stringify(world.lifecycle)).not.toContain('s3cret');
    await world.clock.advance(3_600_000);
    expect([world.sockets.length, world.clock.pending]).toEqual([1, 0]);
    await world.stream.disable('fake');
    world.stream.enable('fake');
    expect(world.sockets).toHaveLength(1);
    world.stream.manager('fake').open('news');
    await accept(world);
    world.socket.push('welcome');
    await settle(world);
    expect(asked(world)).toEqual(['login ', 'sub a']);
  });

  test('is refused without topics too, and closes only itself', async () => {
    const { world, handle } = loggingIn({ needsSubscriptions: false });
    const other = world.stream.manager('fake').define({
      name: 'other',
      url: 'wss://other.test',
      handler: () => undefined,
      needsSubscriptions: false,
    });
    world.stream.manager('fake').open('other');
    await accept(world);
    world.stream.manager('fake').open('news');
    await accept(world);
    world.lifecycle.length = 0;
    world.socket.push('no');
    await settle(world);
    expect(handle.view()).toBeUndefined();
    expect(other.view()?.state).toBe('open');
    for (const event of world.lifecycle)
      expect(event).toMatchObject({ type: 'connection', connection: { id: 'fake/news/1' } });
  });

  test('is tried again after what will pass, with growing waits', async () => {
    const { world, handle } = loggingIn();
    handle.subscribe(['a']);
    for (let round = 1; round <= 3; round++) {
      await accept(world);
      world.socket.push('later');
      await settle(world);
      expect(handle.view()).toMatchObject({
        state: 'waiting',
        attempts: round,
        failure: { kind: 'login', code: 'E7' },
      });
      await world.clock.advance(4_000);
    }
    expect(world.sockets).toHaveLength(4);
  });

  test('has a deadline, is told of it, and speaks on no other socket', async () => {
    const logins: LoginHandle[] = [];
    const { world, handle } = defined({
      authenticate: (login) => {
        logins.push(login);
        return new Promise(() => undefined);
      },
    });
    handle.subscribe(['a']);
    await accept(world);
    await world.clock.advance(10_000);
    expect(handle.view()).toMatchObject({
      state: 'waiting',
      reason: 'the login failed for now (no answer within 10000 ms)',
    });
    expect(logins[0]?.signal.aborted).toBe(true);
    await world.clock.advance(1_000);
    await accept(world);
    expect(logins).toHaveLength(2);
    await expect(logins[0]?.send(frame('late'))).rejects.toBeInstanceOf(ConnectionClosedError);
    const heard: string[] = [];
    logins[0]?.onFrame((text) => heard.push(text));
    world.socket.push('x');
    expect([heard, asked(world)]).toEqual([[], []]);
    const closing = world.stream.close();
    await settle(world);
    await closing;
    expect([logins[1]?.signal.aborted, world.clock.pending]).toEqual([true, 0]);
  });

  test('counts for nothing when it succeeds after its socket is gone', async () => {
    const done: (() => void)[] = [];
    const { world, handle } = defined({
      authenticate: () => new Promise<void>((resolve) => done.push(resolve)),
    });
    handle.subscribe(['a']);
    await accept(world);
    await lose(world);
    await accept(world);
    done[0]?.();
    await settle(world);
    expect(handle.view()?.state).toBe('authenticating');
    done[1]?.();
    await settle(world);
    expect(asked(world)).toEqual(['sub a']);
  });
});
