import { setImmediate } from 'node:timers';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import { Socket } from 'socket.io';
import { GatewayConfig } from '../config/gateway-config.ts';
import { GatewayIdentity } from '../gateway-identity.ts';
import { GatewayLifecycle } from '../gateway-lifecycle.ts';
import { FEED_REQUESTS, FeedClient, type FeedAck, type FeedLimits } from './feed-client.ts';
import { FeedError, toFeedError } from './feed-error.ts';
import { FeedHub } from './feed-hub.ts';
import { idOf } from './feed-request.ts';
import { HEARTBEAT_MS, MAX_MESSAGE_BYTES } from './feed-socket.adapter.ts';
import { FeedStatistics } from './feed-statistics.ts';
import { SocketIoLine } from './socket-io-line.ts';

/** Version of the protocol, docs/feed-protocol.md. */
const PROTOCOL_VERSION = 1;
/** How long clients have, once told to leave, before they are disconnected. */
const GOODBYE_MS = 250;

interface Connected {
  readonly client: FeedClient;
  readonly line: SocketIoLine;
}

/** The feed's edge: sockets come and go, requests go to the client they belong to, answers go back. */
@WebSocketGateway({ namespace: '/feed' })
export class FeedGateway implements OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy {
  private readonly logger = new Logger('Feed');
  private readonly connected = new Map<Socket, Connected>();
  private readonly limits: FeedLimits;

  constructor(
    config: GatewayConfig,
    private readonly identity: GatewayIdentity,
    private readonly lifecycle: GatewayLifecycle,
    private readonly hub: FeedHub,
    private readonly statistics: FeedStatistics,
    @InjectExchangeStream() private readonly stream: ExchangeStream,
  ) {
    this.limits = {
      subscriptions: config.feedMaxSubscriptions,
      pending: { bytes: config.feedMaxPendingBytes, messages: config.feedMaxPendingMessages },
    };
  }

  handleConnection(socket: Socket): void {
    const { clock } = this.stream.platform;
    const line = new SocketIoLine(socket, clock);
    const client = new FeedClient(line, this.hub, this.limits, this.statistics, setImmediate);
    this.connected.set(socket, { client, line });
    this.statistics.clients = this.connected.size;
    // An event that nobody listens to would leave its sender waiting for the answer.
    socket.onAny((name: string, ...args: unknown[]) => {
      if (FEED_REQUESTS.includes(name)) return;
      this.answer(socket, args[0], args.at(-1), () => client.refuse(name));
    });
    line.emit('hello', {
      v: PROTOCOL_VERSION,
      server: this.identity.server,
      time: clock.now(),
      session: socket.id,
      epoch: this.identity.epoch,
      heartbeatMs: HEARTBEAT_MS,
      limits: {
        subscriptions: this.limits.subscriptions,
        messageBytes: MAX_MESSAGE_BYTES,
        pendingBytes: this.limits.pending.bytes,
        pendingMessages: this.limits.pending.messages,
      },
    });
  }

  handleDisconnect(socket: Socket): void {
    this.connected.get(socket)?.client.close();
    this.connected.delete(socket);
    this.statistics.clients = this.connected.size;
  }

  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.answer(socket, body, ack, (client) => client.subscribe(body));
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.answer(socket, body, ack, (client) => client.unsubscribe(body));
  }

  @SubscribeMessage('unsubscribeAll')
  unsubscribeAll(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.answer(socket, body, ack, (client) => client.unsubscribeAll(body));
  }

  @SubscribeMessage('list')
  list(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.answer(socket, body, ack, (client) => client.list(body));
  }

  /** In the first phase of the stop, while the exchanges are still connected: clients are told, then disconnected. */
  async onModuleDestroy(): Promise<void> {
    this.lifecycle.drain();
    if (this.connected.size === 0) return;
    this.logger.log(`Disconnecting ${this.connected.size} feed clients`);
    for (const { line } of this.connected.values()) {
      line.emit('reconnect', { withinMs: GOODBYE_MS, reason: 'The gateway is shutting down.' });
    }
    await new Promise<void>((resolve) => {
      this.stream.platform.clock.after(GOODBYE_MS, resolve);
    });
    for (const { client, line } of [...this.connected.values()]) {
      client.close();
      line.close();
    }
  }

  private answer(socket: Socket, body: unknown, ack: unknown, run: (client: FeedClient) => FeedAck): void {
    const connected = this.connected.get(socket);
    if (!connected) return;
    const { client, line } = connected;
    try {
      if (this.lifecycle.phase === 'draining') throw new FeedError(4503, 'The gateway is draining.');
      const answer = run(client);
      if (isAcknowledge(ack)) line.answer(ack, answer);
      else for (const failed of answer.failed) line.emit('error', failed);
    } catch (error) {
      this.refuse(line, body, ack, error);
    }
  }

  private refuse(line: SocketIoLine, body: unknown, ack: unknown, cause: unknown): void {
    const error = toFeedError(cause);
    if (error.code === 4500) this.logger.error({ message: 'A feed request failed', error: cause });
    this.statistics.refusals++;
    const id = idOf(body);
    if (isAcknowledge(ack)) {
      line.answer(ack, { ...(id !== undefined && { id }), ok: [], failed: [], error: error.toBody() });
    } else {
      line.emit('error', { ...(id !== undefined && { id }), ...error.toBody() });
    }
  }
}

/** Socket.IO hands over a function that takes any arguments, or what the client sent last when it wants no answer. */
function isAcknowledge(value: unknown): value is (answer: object) => void {
  return typeof value === 'function';
}
