/**
 * Proves that the lint rules which hold the architecture fire: each line below is code that must be refused, or must
 * pass, in one part of the house. A rule with a pattern that matches nothing looks just like a rule that is kept.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const IMPORTS = 'no-restricted-imports';
const importing = (name) => `import '${name}';`;
const imports = (...names) => names.map((name) => [importing(name), IMPORTS]);

const NEST = ['@nestjs/common', '@nestjs/core/injector', 'reflect-metadata'];
const SIMULATOR = [
  '@exchange-stream/simulator',
  '@exchange-stream/simulator/kit',
  '@exchange-stream/simulator/nestjs',
];
const ADAPTERS = ['@exchange-stream/adapters', '@exchange-stream/adapters/binance'];
const EXCHANGE_STREAM = ['@exchange-stream/nestjs', '@exchange-stream/nestjs/engine'];

/** Time, randomness and the network come in from outside. */
const INJECTED = [
  ['setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['setInterval(() => undefined, 1);', 'no-restricted-globals'],
  ['void fetch("http://127.0.0.1");', 'no-restricted-globals'],
  ['new WebSocket("ws://127.0.0.1");', 'no-restricted-globals'],
  ['export const now = Date.now();', 'no-restricted-properties'],
  ['export const chance = Math.random();', 'no-restricted-properties'],
  ['export const today = new Date();', 'no-restricted-syntax'],
];

/** By a file of each part (it need not exist): what must be refused there, and by which rule. */
const REFUSED = {
  'libs/market-data/src/probe.ts': [
    ...imports(...NEST, ...SIMULATOR, ...ADAPTERS, ...EXCHANGE_STREAM, 'node:fs', 'ws', 'undici'),
    ...INJECTED,
  ],
  'libs/exchange-stream/src/contract/probe.ts': [
    ...imports(...NEST, ...SIMULATOR, ...ADAPTERS, ...EXCHANGE_STREAM),
    ...imports('../engine/index.ts', '../nest/index.ts', '../engine', '../nest'),
    ...INJECTED,
  ],
  'libs/exchange-stream/src/engine/probe.ts': [
    ...imports(...NEST, ...SIMULATOR, ...ADAPTERS, ...EXCHANGE_STREAM, '../nest/index.ts', '../nest'),
    ...INJECTED,
  ],
  'libs/exchange-stream/src/engine/connection/probe.ts': imports('../../nest/exchange-stream.module.ts'),
  'libs/exchange-stream/src/nest/probe.ts': [
    ...imports(...SIMULATOR, ...ADAPTERS, ...EXCHANGE_STREAM),
    ...INJECTED,
  ],
  'libs/adapters/src/lab/probe.ts': [
    ...imports(...NEST, ...SIMULATOR, '@exchange-stream/nestjs', '@exchange-stream/nestjs/engine'),
    ...imports('../binance/binance.wire.ts'),
    ...INJECTED,
  ],
  'libs/adapters/src/binance-family/probe.ts': imports('../binance/binance.topics.ts'),
  'libs/simulator/src/probe.ts': [...imports(...NEST, ...ADAPTERS, ...EXCHANGE_STREAM), ...INJECTED],
  'libs/simulator/src/nest/probe.ts': [...imports(...ADAPTERS, ...EXCHANGE_STREAM), ...INJECTED],
  'apps/gateway/src/probe.ts': [...imports(...SIMULATOR), ...INJECTED],
  'test/lab/twin/probe.ts': imports(
    ...ADAPTERS,
    ...EXCHANGE_STREAM,
    '../adapter/lab.adapter.ts',
    '../adapter/index.ts',
    '../adapter',
  ),
  'test/lab/adapter/probe.ts': imports(
    ...SIMULATOR,
    '../twin/lab.exchange.ts',
    '../twin/index.ts',
    '../twin',
  ),
};

/** What must pass, so that no rule is kept by refusing everything. */
const ACCEPTED = {
  'libs/market-data/src/probe.ts': ['./event/event.ts'],
  'libs/exchange-stream/src/contract/probe.ts': ['@exchange-stream/market-data'],
  'libs/exchange-stream/src/engine/probe.ts': ['@exchange-stream/market-data', '../contract/index.ts', 'ws'],
  'libs/exchange-stream/src/nest/probe.ts': ['@nestjs/common', '../engine/index.ts', '../contract/index.ts'],
  'libs/adapters/src/lab/probe.ts': [
    '@exchange-stream/market-data',
    '@exchange-stream/nestjs/contract',
    './lab.wire.ts',
    '../decoder/frame-scanner.ts',
    '../checksum/crc32-checksum.ts',
    '../binance-family/rest.ts',
  ],
  'libs/adapters/src/index.ts': ['./lab/lab.adapter.ts'],
  'libs/simulator/src/probe.ts': ['@exchange-stream/market-data', 'node:http', 'ws'],
  'libs/simulator/src/nest/probe.ts': ['@nestjs/common'],
  'apps/gateway/src/probe.ts': ['@nestjs/common', '@exchange-stream/nestjs', '@exchange-stream/adapters'],
  'test/lab/twin/probe.ts': ['@exchange-stream/simulator/kit', './lab.exchange.ts', 'node:zlib'],
  'test/lab/adapter/probe.ts': ['@exchange-stream/nestjs/contract', './lab.adapter.ts'],
  'test/lab/lab-world.ts': ['./adapter/index.ts', './twin/index.ts'],
  'libs/market-data/src/probe.spec.ts': ['node:fs'],
};

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // The probes are in no TypeScript program, and none of the rules proved here needs one.
  overrideConfig: [
    { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
    { languageOptions: { parserOptions: { project: null } } },
  ],
});

const failures = [];
let proofs = 0;

for (const [filePath, probes] of Object.entries(REFUSED)) {
  for (const [code, rule] of probes) {
    proofs += 1;
    const rules = await errorsIn(code, filePath);
    if (!rules.includes(rule)) failures.push(`${filePath}: ${rule} lets pass: ${code}`);
  }
}
for (const [filePath, names] of Object.entries(ACCEPTED)) {
  for (const name of names) {
    proofs += 1;
    const rules = await errorsIn(importing(name), filePath);
    if (rules.length > 0) failures.push(`${filePath}: ${rules.join(', ')} refuses: ${importing(name)}`);
  }
}

if (failures.length > 0) {
  console.error(`The lint rules do not hold the architecture:\n  ${failures.join('\n  ')}`);
  process.exit(1);
}
console.log(`Lint rules: ${proofs} proofs that the architecture is held.`);

/** @returns the rules that report an error; a probe that does not parse, or is ignored, is an error of this script */
async function errorsIn(code, filePath) {
  const [result] = await eslint.lintText(`${code}\nexport {};\n`, { filePath });
  if (result === undefined) throw new Error(`${filePath} is ignored by eslint.config.mjs.`);
  const fatal = result.messages.find((message) => message.fatal);
  if (fatal) throw new Error(`${filePath}: ${fatal.message}`);
  return result.messages.map(({ ruleId }) => ruleId);
}
