/** Who installs the libraries: both Nest majors in both module systems, each with the compiler of its time. */

const NEST_11 = {
  packages: { '@nestjs/common': '11.2.10', '@nestjs/core': '11.2.10' },
  optionalPeers: { '@nestjs/schedule': '6.1.3', '@nestjs/terminus': '11.1.1' },
  typescript: '5.9.3',
};
const NEST_12 = {
  packages: { '@nestjs/common': '12.5.1', '@nestjs/core': '12.5.1' },
  optionalPeers: { '@nestjs/schedule': '12.0.2', '@nestjs/terminus': '12.1.0' },
  typescript: '6.0.3',
};

const NODE10 = { module: 'commonjs', moduleResolution: 'node10' };
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };

/**
 * @typedef {object} Consumer
 * @property {string} name
 * @property {typeof NEST_11} nest
 * @property {'commonjs' | 'module'} type of its package.json
 * @property {object} compilerOptions
 * @property {'service' | 'bare-service' | 'acceptance'} entry a bare service has none of the optional peers
 * @property {boolean} [foreign] whether it brings an exchange of its own, adapter and simulation
 * @property {boolean} [readme] whether it compiles the example of the README too
 */

/** @type {readonly Consumer[]} */
export const CONSUMERS = [
  { name: 'nest-11-commonjs', nest: NEST_11, type: 'commonjs', compilerOptions: NODE10, entry: 'service' },
  { name: 'nest-11-esm', nest: NEST_11, type: 'module', compilerOptions: NODENEXT, entry: 'service' },
  {
    name: 'nest-12-commonjs',
    nest: NEST_12,
    type: 'commonjs',
    compilerOptions: NODENEXT,
    entry: 'service',
    readme: true,
  },
  {
    name: 'nest-12-esm',
    nest: NEST_12,
    type: 'module',
    compilerOptions: NODENEXT,
    entry: 'service',
    readme: true,
  },
  {
    name: 'acceptance',
    nest: NEST_12,
    type: 'module',
    compilerOptions: { ...NODENEXT, rewriteRelativeImportExtensions: true },
    entry: 'acceptance',
    foreign: true,
  },
  { name: 'nest-11-bare', nest: NEST_11, type: 'commonjs', compilerOptions: NODE10, entry: 'bare-service' },
  { name: 'nest-12-bare', nest: NEST_12, type: 'module', compilerOptions: NODENEXT, entry: 'bare-service' },
];
