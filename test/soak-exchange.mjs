/**
 * The exchange of a soak, in a process of its own so that its memory is not measured: Binance's twin on a free port, with
 * random faults in rounds of half a minute. Forked by soak.mjs; argument: the seed. Ends with its parent.
 */
import { createRequire } from 'node:module';
import process from 'node:process';

const { FAULT_TYPES, randomFaults, startSimulator } = createRequire(import.meta.url)(
  '@exchange-stream/simulator',
);

const ROUND_MS = 30_000;
/** Whoever is told one of these asks no more, and the soak would end with nothing subscribed. */
const FINAL = ['refuse-subscriptions', 'ack-then-error'];
/** 32 MiB at once, which would hide any leak. */
const LARGE = ['oversize-frame', 'rest-oversize'];
/** Binance announces no pauses and no halts, and its public streams know no login. */
const UNKNOWN_TO_BINANCE = ['pause', 'halt', 'refuse-logins', 'delay-logins'];
const types = FAULT_TYPES.filter((type) => ![...FINAL, ...LARGE, ...UNKNOWN_TO_BINANCE].includes(type));

let seed = Number(process.argv[2]);
const { exchange, restUrl, webSocketUrl } = await startSimulator({
  exchange: 'binance',
  seed,
  market: { symbols: ['BTCUSDT', 'ETHUSDT', 'BNBUSDT'], activity: 0.5 },
});

function round() {
  exchange.faults.run(randomFaults(seed++, { durationMs: ROUND_MS, intensity: 12, types }));
}

setInterval(round, ROUND_MS);
round();
process.on('disconnect', () => process.exit());
process.send({ restUrl, webSocketUrl });
