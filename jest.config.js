/** @type {import('@jest/types').Config.InitialOptions} */
const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const project = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/jest-environment.cjs',
  transform: { '^.+\\.(t|j)s$': ['@swc/jest', swc] },
  // Nest 12 and uuid are ESM only and Jest runs CommonJS: they are transformed like our own sources.
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/|uuid/)'],
  moduleNameMapper: {
    '^@exchange-stream/market-data$': '<rootDir>/libs/market-data/src/index.ts',
    '^@exchange-stream/nestjs$': '<rootDir>/libs/exchange-stream/src/index.ts',
    '^@exchange-stream/nestjs/health$': '<rootDir>/libs/exchange-stream/src/nest/health/index.ts',
    '^@exchange-stream/nestjs/(contract|engine)$': '<rootDir>/libs/exchange-stream/src/$1/index.ts',
    '^@exchange-stream/adapters$': '<rootDir>/libs/adapters/src/index.ts',
    '^@exchange-stream/acceptance$': '<rootDir>/libs/acceptance/src/index.ts',
    '^@exchange-stream/simulator$': '<rootDir>/libs/simulator/src/index.ts',
    '^@exchange-stream/simulator/kit$': '<rootDir>/libs/simulator/src/kit.ts',
    '^@exchange-stream/simulator/nestjs$': '<rootDir>/libs/simulator/src/nest/index.ts',
  },
  // Every test file has a context of its own, where looking up a global costs as much as thirty calls elsewhere. These
  // are parameters of each module instead; nobody replaces them, as fake timers do `Date`.
  sandboxInjectedGlobals: [
    ...['Array', 'BigInt', 'Boolean', 'Error', 'Float64Array', 'Infinity', 'JSON', 'Map', 'Math'],
    ...['Number', 'Object', 'Promise', 'RegExp', 'Set', 'String', 'Symbol', 'Uint8Array', 'Uint16Array'],
    ...['Uint32Array', 'WeakMap'],
  ],
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs)/[^/]+/dist', '<rootDir>/test/(packed|referees)/'],
};

module.exports = {
  // A worker that has grown is replaced: the modules of every file stay in it.
  workerIdleMemoryLimit: '250MB',
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'] },
    {
      ...project,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.e2e-spec.ts'],
    },
  ],
  // By default one core stays idle, which on two cores doubles the time.
  maxWorkers: '100%',
  testTimeout: 30_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['{apps,libs}/*/src/**/*.ts', '!**/*.spec.ts', '!**/main.ts', '!**/index.ts'],
};
