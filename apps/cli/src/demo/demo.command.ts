import { setTimeout as sleep } from 'node:timers/promises';
import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { startSimulator, type RunningSimulator } from '@exchange-stream/simulator';
import { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { untilInterrupted, type Terminal } from '../terminal.ts';
import { FeedWatch } from './feed-watch.ts';
import { freePort, portFrom } from './free-port.ts';
import { hasPage, untilReady } from './gateway-probe.ts';
import { GatewayProcess } from './gateway-process.ts';
import { invitation } from './invitation.ts';

const EXCHANGE = 'binance';
const CHANNELS = ['trades', 'ticker', 'quotes', 'book', 'candles'] as const;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'] as const;
const LOOPBACK = '127.0.0.1';
const GATEWAY_PORT = 3000;
const START_DEADLINE_MS = 60_000;
const DIGEST_INTERVAL_MS = 1_000;
const FAILED = 1;

/** Everything a demo shows, of each symbol. */
const SUBSCRIPTIONS: readonly SubscriptionRequest[] = SYMBOLS.flatMap((symbol) =>
  CHANNELS.map((channel) => ({
    exchange: EXCHANGE,
    channel,
    symbol,
    ...(channel === 'candles' && { params: { interval: '1m' } }),
  })),
);

export function demoCommand(terminal: Terminal, finished: (exitCode: number) => void): Command {
  return new Command('demo')
    .description('Run a simulated Binance and a gateway connected to it, and show what comes')
    .addHelpText(
      'after',
      '\nEnvironment: PORT of the gateway (default 3000), SIMULATOR_PORT (default any free one).',
    )
    .action(async () => {
      await demo(terminal, process.env);
      finished(0);
    });
}

/** @throws CommandFailure */
async function demo(terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  if (!GatewayProcess.isBuilt)
    throw new CommandFailure('The gateway is not built. Run: npm run build', FAILED);
  const host = env.HOST?.trim() || LOOPBACK;
  const wantedPort = portFrom(env, 'PORT', GATEWAY_PORT);
  const simulatorPort = await freePort(LOOPBACK, portFrom(env, 'SIMULATOR_PORT', 0), 'SIMULATOR_PORT');
  const simulator = await startSimulator({ exchange: EXCHANGE, host: LOOPBACK, port: simulatorPort });
  try {
    // Only now: the simulator may have taken it.
    const port = await freePort(host, wantedPort, 'PORT');
    const gateway = new GatewayProcess(gatewayEnvironment(env, host, port, simulator));
    try {
      await show(terminal, gateway, `http://${reachable(host)}:${port}`, simulator.webSocketUrl);
    } finally {
      await gateway.stop();
    }
  } finally {
    await simulator.stop();
  }
  terminal.out('Stopped.\n');
}

/**
 * Follows the gateway until the user has seen enough.
 * @throws CommandFailure when the gateway ends, refuses, or does not come up in time
 */
async function show(
  terminal: Terminal,
  gateway: GatewayProcess,
  url: string,
  simulatorUrl: string,
): Promise<void> {
  const watch = new FeedWatch(url, SUBSCRIPTIONS);
  const over = new AbortController();
  const ended = gateway.ended.then((how) => {
    throw new CommandFailure(`The gateway has ended (${how}). It said:\n${gateway.lastOutput}`, FAILED);
  });
  const late = sleep(START_DEADLINE_MS, undefined, { signal: over.signal }).then(() => {
    throw new CommandFailure(`Not live within ${START_DEADLINE_MS} ms: ${watch.missing.join(', ')}`, FAILED);
  });
  const stop = Promise.race([ended, watch.refused, untilInterrupted(terminal)]);
  try {
    terminal.out('Starting a simulated Binance and a gateway …\n');
    await Promise.race([stop, late, Promise.all([watch.live, untilReady(url, over.signal)])]);
    if (terminal.interrupted.aborted) return;
    watch.takeNotices();
    terminal.out(invitation(url, simulatorUrl, await hasPage(url)));
    await Promise.race([stop, printDigest(terminal, watch, over.signal)]);
  } finally {
    over.abort();
    watch.close();
  }
}

/** Goes on until the signal aborts, and then rejects. */
async function printDigest(terminal: Terminal, watch: FeedWatch, signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(DIGEST_INTERVAL_MS, undefined, { signal });
    for (const notice of watch.takeNotices()) terminal.err(`${notice}\n`);
    terminal.out(`${watch.digest.line(Date.now())}\n`);
  }
}

function gatewayEnvironment(
  env: NodeJS.ProcessEnv,
  host: string,
  port: number,
  simulator: RunningSimulator,
): NodeJS.ProcessEnv {
  // What the user has configured for a gateway of their own must not lead this one to the real exchange, nor to what
  // that one remembers.
  const { CONFIG_FILE: _file, BINANCE_ENVIRONMENT: _environment, SUBSCRIPTIONS_FILE: _stored, ...rest } = env;
  return {
    ...rest,
    HOST: host,
    PORT: String(port),
    EXCHANGES: EXCHANGE,
    BINANCE_WS_URL: simulator.webSocketUrl,
    BINANCE_REST_URL: simulator.restUrl,
    SUBSCRIPTIONS: SUBSCRIPTIONS.map(subscriptionText).join('; '),
    LOG_LEVEL: env.LOG_LEVEL ?? 'warn',
  };
}

/** As the gateway reads it: `binance:candles:BTC/USDT?interval=1m`. */
function subscriptionText({ exchange, channel, symbol, params = {} }: SubscriptionRequest): string {
  const query = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return `${exchange}:${channel}:${symbol}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** An address to connect to, for one to listen on. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}
