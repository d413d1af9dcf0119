import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import { isHostAllowed } from '../access/host-policy.ts';
import { isOriginAllowed } from '../access/origin-policy.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { GatewayLifecycle } from '../gateway-lifecycle.ts';

export const HEARTBEAT_MS = 10_000;
/** Largest message a client may send. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Socket.IO as the feed wants it: WebSocket only, no compression, small messages in, known origins. */
export class FeedSocketAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
    private readonly lifecycle: GatewayLifecycle,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    const feedOptions: Partial<ServerOptions> = {
      ...options,
      transports: ['websocket'],
      allowUpgrades: false,
      perMessageDeflate: false,
      httpCompression: false,
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      connectTimeout: 10_000,
      pingInterval: HEARTBEAT_MS,
      pingTimeout: HEARTBEAT_MS,
      allowRequest: (request, decide) => {
        const { host, feedOrigins } = this.config;
        if (this.lifecycle.phase === 'draining') decide('The gateway is draining.', false);
        else if (!isHostAllowed(request.headers.host, host, feedOrigins))
          decide('Not a name of this gateway.', false);
        else if (isOriginAllowed(request, feedOrigins)) decide(null, true);
        else decide('This origin is not in FEED_ORIGINS.', false);
      },
    };
    // The base class asks for every option, though Socket.IO has defaults for all.
    const server = super.createIOServer(port, feedOptions as ServerOptions);
    // Everybody may connect to the root namespace of Socket.IO; here nothing lives in it.
    server.of('/').use((_socket, next) => next(new Error('Connect to the namespace /feed.')));
    return server;
  }
}
