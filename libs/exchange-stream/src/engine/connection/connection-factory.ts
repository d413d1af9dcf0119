import type { ExchangeAdapter, TokenDeclaration } from '../../contract/index.ts';
import { ConnectionToken } from '../credentials/connection-token.ts';
import { TokenKeeper } from '../credentials/token-keeper.ts';
import type { EngineTuning } from '../options.ts';
import type { ExchangeRoute } from '../route/exchange-route.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { EndpointConnections } from './endpoint-connections.ts';
import { Login } from './login.ts';
import { StreamingConnection } from './streaming-connection.ts';
import type { StreamingEnvironment, StreamingSettings } from './streaming-settings.ts';

/** What becomes of a connection, told to those who keep it. */
export type ConnectionLifeHooks = Pick<
  StreamingEnvironment,
  'emptied' | 'expiring' | 'losing' | 'pausing' | 'beginsAnew'
>;

/** What the connections of an exchange are made of. */
export interface MakingEnvironment extends Omit<
  StreamingEnvironment,
  keyof ConnectionLifeHooks | 'released' | 'full'
> {
  readonly adapter: Pick<ExchangeAdapter, 'exchange' | 'createSession'>;
  /** Where tokens come from. */
  readonly rest: Pick<RestClient, 'call' | 'callAs'>;
  /** The exchange's time, milliseconds since the epoch, as far as known. */
  exchangeNow(): number;
  /** It says that this is not its time. */
  exchangeTimeIsWrong(): void;
}

/** How patient the connections of one exchange are, and what they report. */
export type PoolTuning = Required<EngineTuning> & Pick<StreamingSettings, 'isTrafficSteady' | 'requireMatch'>;

/** Makes connections to the endpoints of one exchange, with the login and the token that each of them wants. */
export class ConnectionFactory {
  constructor(
    private readonly environment: MakingEnvironment,
    private readonly route: ExchangeRoute,
    private readonly tuning: PoolTuning,
    private readonly life: ConnectionLifeHooks,
  ) {}

  create(endpoint: EndpointConnections): StreamingConnection {
    const { environment, tuning, route, life } = this;
    const { exchange } = environment.adapter;
    const { account } = endpoint;
    const { token } = endpoint.endpoint;
    const id = `${exchange}/${endpoint.name}/${endpoint.nextNumber()}`;
    const login = {
      exchange,
      connection: id,
      endpoint: endpoint.key,
      now: () => environment.exchangeNow(),
      timeIsWrong: () => environment.exchangeTimeIsWrong(),
      credentialsDeadlineMs: tuning.handshakeTimeoutMs,
      replyDeadlineMs: endpoint.endpoint.ackDeadlineMs,
    };
    return new StreamingConnection(
      {
        ...tuning,
        maxFrameBytes: Math.max(tuning.maxFrameBytes, endpoint.endpoint.largestFrameBytes ?? 0),
        id,
        exchange,
        endpointKey: endpoint.key,
        endpoint: endpoint.endpoint,
        route: () => route.socket(endpoint.key),
        nextId: endpoint.nextId,
        standing: endpoint.standing,
        ...(account && { account: account.name }),
        ...(token && {
          token: (outcome) => new ConnectionToken(token, this.keeperOf(endpoint, token), outcome),
        }),
        ...(account && {
          login: (outcome, requests) =>
            new Login({ ...login, account }, environment.platform.clock, requests, outcome),
        }),
      },
      {
        ...environment,
        ...life,
        released: (from, topic) => endpoint.released(from, topic),
        full: (carried) => endpoint.learn(carried),
      },
    );
  }

  private keeperOf(endpoint: EndpointConnections, declaration: TokenDeclaration): TokenKeeper {
    const { adapter, platform, rest } = this.environment;
    const { key, account } = endpoint;
    const create = (): TokenKeeper =>
      new TokenKeeper({
        declaration,
        exchange: adapter.exchange,
        endpoint: key,
        account,
        rest,
        deadlineMs: this.tuning.handshakeTimeoutMs,
        clock: platform.clock,
      });
    return declaration.per === 'account' ? (endpoint.token ??= create()) : create();
  }
}
