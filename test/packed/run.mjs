/**
 * The libraries as their users get them: packed, installed into small services outside of this workspace, compiled
 * there with strict settings and run against the packed simulator. Expects a build.
 *
 *   node test/packed/run.mjs [consumer…]
 *
 * ALSO_ON_NODE  further node executables, separated by `:`, on which every service must run too
 * KEEP          leave the services where they are, to look at them
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readmeBlock } from '../../scripts/readme-block.mjs';
import { CONSUMERS } from './consumers.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = fileURLToPath(new URL('consumer', import.meta.url));
const LIBRARIES = [
  ...['libs/market-data', 'libs/exchange-stream', 'libs/adapters', 'libs/simulator', 'libs/acceptance'],
];
/** An exchange of somebody else's: adapter and simulation, written against what the packages export. */
const FOREIGN_EXCHANGE = ['test/lab/adapter', 'test/lab/twin'];
const INSTALL_MS = 180_000;
const COMPILE_MS = 120_000;
const RUN_MS = 60_000;
const WORKERS = 2;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !CONSUMERS.some((consumer) => consumer.name === name));
if (unknown.length > 0) {
  console.error(
    `No consumer ${unknown.join(', ')}; there are ${CONSUMERS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const nodes = [process.execPath, ...(process.env.ALSO_ON_NODE ?? '').split(':').filter(Boolean)];
const folder = await mkdtemp(join(tmpdir(), 'packed-'));
try {
  const tarballs = await pack();
  const example = readmeBlock('example', 'ts');
  if (example === undefined) console.log('There is no README.md: its example is not compiled.');
  const waiting = CONSUMERS.filter(({ name }) => asked.length === 0 || asked.includes(name));
  const failed = [];
  const work = async () => {
    for (let consumer = waiting.shift(); consumer; consumer = waiting.shift()) {
      try {
        console.log(`ok    ${consumer.name.padEnd(18)}${await tryOut(consumer, tarballs, example)}`);
      } catch (error) {
        failed.push(consumer.name);
        console.error(`FAIL  ${consumer.name}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (process.env.KEEP) console.log(`Kept in ${folder}.`);
  else await rm(folder, { recursive: true, force: true });
}

/** Packs the libraries. @returns the tarball of each package by its name */
async function pack() {
  const { output } = await run('npm', [
    ...['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    ...LIBRARIES.flatMap((library) => ['--workspace', library]),
  ]);
  const packed = Object.values(JSON.parse(output));
  for (const { name, files } of packed) await checkContent(name, files);
  return Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${join(folder, filename)}`]));
}

/** Every entry point is in the tarball with licence and sources, and nothing that only its authors need. */
async function checkContent(name, files) {
  const paths = new Set(files.map(({ path }) => path));
  const packageFile = join(ROOT, 'node_modules', name, 'package.json');
  const { main, module, types, exports } = JSON.parse(await readFile(packageFile, 'utf8'));
  const missing = [...leaves([main, module, types, exports]), 'LICENSE', 'src/index.ts'].filter(
    (path) => !paths.has(path.replace(/^\.\//, '')),
  );
  if (missing.length > 0) throw new Error(`${name} does not pack ${missing.join(', ')}. Has it been built?`);
  const strays = [...paths].filter((path) => /\.(e2e-)?spec\.|\.tsbuildinfo$/.test(path));
  if (strays.length > 0) throw new Error(`${name} packs ${strays.join(', ')}.`);
}

function leaves(tree) {
  if (tree === undefined) return [];
  return typeof tree === 'string' ? [tree] : Object.values(tree).flatMap(leaves);
}

/** Installs, compiles and runs one service. @returns how long each took */
async function tryOut({ name, nest, type, compilerOptions, entry, readme, foreign }, tarballs, example) {
  const home = join(folder, name);
  await mkdir(join(home, 'src'), { recursive: true });
  await cp(join(SOURCES, 'tape.ts'), join(home, 'src/tape.ts'));
  await cp(join(SOURCES, `${entry}.ts`), join(home, 'src/main.ts'));
  if (foreign)
    for (const source of FOREIGN_EXCHANGE)
      await cp(join(ROOT, source), join(home, 'src', basename(source)), {
        recursive: true,
        filter: (path) => !path.endsWith('spec.ts'),
      });
  if (readme && example !== undefined) await writeFile(join(home, 'src/readme.ts'), example);
  await writeJson(join(home, 'package.json'), {
    name,
    private: true,
    type,
    dependencies: {
      ...tarballs,
      ...nest.packages,
      ...(entry === 'service' && nest.optionalPeers),
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
    },
    devDependencies: { '@types/node': '20.19.43', typescript: nest.typescript },
  });
  await writeJson(join(home, 'tsconfig.json'), {
    compilerOptions: {
      ...compilerOptions,
      target: 'es2022',
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: ['node'],
    },
    include: ['src'],
  });
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  const installed = await run('npm', install, { cwd: home, timeout: INSTALL_MS });
  const compiler = join(home, 'node_modules/typescript/bin/tsc');
  const compiled = await run(process.execPath, [compiler], { cwd: home, timeout: COMPILE_MS });
  const ran = [];
  for (const node of nodes) {
    const { output, took } = await run(node, ['dist/main.js'], { cwd: home, timeout: RUN_MS });
    const version = (await run(node, ['--version'])).output.trim();
    ran.push(`${version} ${took} (${output.trim()})`);
  }
  return `install ${installed.took}, compile ${compiled.took}, run on ${ran.join(', on ')}`;
}

function writeJson(path, content) {
  return writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

function run(command, args, { cwd = ROOT, timeout = COMPILE_MS } = {}) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { cwd, timeout, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error)
          return resolve({ output: stdout, took: `${((Date.now() - started) / 1000).toFixed(1)} s` });
        const how = error.killed ? `was still running after ${timeout / 1000} s` : `ended with ${error.code}`;
        reject(new Error(`${command} ${args.join(' ')} ${how}\n${stdout}${stderr}`));
      },
    );
  });
}
