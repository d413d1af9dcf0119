import type { ControlFrame, Session } from '../../contract/index.ts';
import { asError, kindOf } from '../errors.ts';
import { mayPass, type SocketMessage, type StandingMessages } from '../requests/standing-messages.ts';

/** What an introduction needs from its connection. */
export interface IntroductionHooks {
  /** Says something that holds for as long as the socket lives; resolves when it is confirmed. */
  configure(message: SocketMessage): Promise<void>;
  /** Says what a user has set, in the same way. */
  configured: Parameters<StandingMessages['replay']>[0];
  /** What a user has set is refused for good. */
  configurationRefused(name: string, error: Error): void;
  /** What the session had to say is refused for good: it goes on without. */
  refused(frame: string, error: Error): void;
  /** It is not confirmed, which may be different on another socket. */
  failed(reason: string): void;
}

/** What is said on a fresh socket before topics are asked for: first what its session wants, then what users have set. */
export class Introduction {
  private session: Session | undefined;

  constructor(
    private readonly standing: StandingMessages,
    private readonly hooks: IntroductionHooks,
  ) {}

  /** Whether something of it is not confirmed yet. */
  get isUnderWay(): boolean {
    return this.session !== undefined;
  }

  /** Calls `done` when all is confirmed, at once where there is nothing to say. */
  begin(session: Session, done: () => void): void {
    const messages = session.introduce?.() ?? [];
    if (messages.length === 0 && this.standing.size === 0) return done();
    this.session = session;
    const isPresent = (): boolean => this.session === session;
    const said = messages.map((message) => this.say(message));
    const repeated = this.standing.replay(this.hooks.configured, (name, error) =>
      this.hooks.configurationRefused(name, asError(error)),
    );
    Promise.all([...said, repeated]).then(
      () => {
        if (!isPresent()) return;
        this.session = undefined;
        done();
      },
      (error: unknown) => {
        if (isPresent()) this.hooks.failed(`what was configured was not confirmed: ${kindOf(error)}`);
      },
    );
  }

  /** The socket is gone. */
  stop(): void {
    this.session = undefined;
  }

  private async say({ frame, replies, ...options }: ControlFrame): Promise<void> {
    const match = replies.map(({ key }) => ({ key }));
    try {
      await this.hooks.configure({ frame, ...options, ...(match.length > 0 && { match }) });
    } catch (error) {
      if (mayPass(error)) throw error;
      this.hooks.refused(frame, asError(error));
    }
  }
}
