import { ValidationPipe, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { isHostAllowed } from './access/host-policy.ts';
import { GatewayConfig } from './config/gateway-config.ts';
import { ApiErrorFilter } from './control/api-error.filter.ts';
import { FeedSocketAdapter } from './feed/feed-socket.adapter.ts';
import { GatewayIdentity } from './gateway-identity.ts';
import { GatewayLifecycle } from './gateway-lifecycle.ts';

/** Largest body of a request. */
const BODY_LIMIT = '64kb';

/** What `NestFactory.create` is told: `close()` cuts whatever is still open instead of waiting for it. */
export const APP_OPTIONS = {
  forceCloseConnections: true,
  bodyParser: false,
} satisfies NestApplicationOptions;

/** Everything between the modules and the network, the same for the process and for tests. */
export function configureApp(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  app.use(hardenResponse);
  app.use(refuseForeignNames(app.get(GatewayConfig)));
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: true,
    }),
  );
  app.useGlobalFilters(new ApiErrorFilter());
  app.useWebSocketAdapter(new FeedSocketAdapter(app, app.get(GatewayConfig), app.get(GatewayLifecycle)));
  serveDocs(app);
  app.enableShutdownHooks([], { useProcessExit: true });
}

function hardenResponse(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Frame-Options', 'DENY');
  next();
}

/** Behind a proxy on the same machine that passes its own name on, the name has to be that of a listed origin. */
function refuseForeignNames({ host, feedOrigins }: GatewayConfig): RequestHandler {
  return (request, response, next) => {
    if (isHostAllowed(request.headers.host, host, feedOrigins)) return next();
    const message =
      'This gateway does not go by that name. Use its address or localhost, or list the origin in FEED_ORIGINS.';
    response.status(421).json({ statusCode: 421, code: 'MISDIRECTED_REQUEST', message });
  };
}

function serveDocs(app: NestExpressApplication): void {
  const document = new DocumentBuilder()
    .setTitle('exchange-stream gateway')
    .setDescription(
      'Control and state of live exchange data. The data itself is on the Socket.IO feed, /docs/feed.yaml.',
    )
    .setVersion(app.get(GatewayIdentity).server.split('/')[1] ?? '')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document));
}
