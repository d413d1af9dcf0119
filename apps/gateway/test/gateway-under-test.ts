import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamService } from '@exchange-stream/nestjs';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '@exchange-stream/simulator';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { loadConfig } from '../src/config/load-config.ts';
import { APP_OPTIONS, configureApp } from '../src/configure-app.ts';
import { GatewayLifecycle } from '../src/gateway-lifecycle.ts';
import { GatewayModule } from '../src/gateway.module.ts';
import { PinoLogger } from '../src/log/pino-logger.ts';

type Env = Readonly<Record<string, string>>;

/** A gateway on a free port, in front of a simulated exchange, Binance where nothing is said. */
export interface GatewayUnderTest {
  readonly app: NestExpressApplication;
  readonly http: Server;
  readonly url: string;
  readonly stream: ExchangeStreamService;
  /** The exchange behind it; put another in its place to play an outage. */
  simulator: RunningSimulator;
  close(): Promise<void>;
}

export async function startGateway(
  env: Env = {},
  simulated: Partial<SimulatorOptions> = {},
): Promise<GatewayUnderTest> {
  const { exchange = 'binance' } = simulated;
  const simulator = await startSimulator({ seed: 1, ...simulated, exchange });
  const prefix = exchange.replaceAll('-', '_').toUpperCase();
  const app = await createApp({
    EXCHANGES: exchange,
    [`${prefix}_WS_URL`]: simulator.webSocketUrl,
    [`${prefix}_REST_URL`]: simulator.restUrl,
    ...env,
  });
  const http = app.getHttpServer();
  const { port } = http.address() as AddressInfo;
  const gateway: GatewayUnderTest = {
    app,
    http,
    url: `http://127.0.0.1:${port}`,
    stream: app.get(ExchangeStreamService),
    simulator,
    close: async () => {
      await app.close();
      await gateway.simulator.stop();
    },
  };
  return gateway;
}

/** A gateway whose exchange cannot be reached. */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const config = loadConfig({
    env: { LOG_LEVEL: 'silent', ...env },
    argv: [],
    adapters: ADAPTERS,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  const module = await Test.createTestingModule({ imports: [GatewayModule.with(config)] }).compile();
  const logger = new PinoLogger(config.logLevel);
  const app = module.createNestApplication<NestExpressApplication>({ ...APP_OPTIONS, logger });
  configureApp(app);
  await app.listen(0, '127.0.0.1');
  app.get(GatewayLifecycle).serve();
  return app;
}

/** Waits until the condition holds; asks again whenever the event loop has turned. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
