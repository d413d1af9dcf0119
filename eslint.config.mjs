import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Packages and folders each part must not import: imports only point down (docs/architecture.md). */
const forbid = (reason, ...group) => ({ group, message: reason });

const NEST = forbid('Only nest/ folders and the apps import Nest.', '@nestjs/*', 'reflect-metadata');
const SIMULATOR = forbid(
  'Only apps and tests import the simulator.',
  '@exchange-stream/simulator',
  '@exchange-stream/simulator/*',
);
const ADAPTERS = forbid(
  'Only apps and tests import adapters.',
  '@exchange-stream/adapters',
  '@exchange-stream/adapters/*',
);
const EXCHANGE_STREAM = forbid(
  'This part stands below exchange-stream.',
  '@exchange-stream/nestjs',
  '@exchange-stream/nestjs/*',
);
const NODE = forbid('market-data does no I/O and runs in browsers.', 'node:*', 'ws', 'undici');

const layer = (files, ...patterns) => ({
  files,
  ignores: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

/** Time, randomness and the network come in from outside, so that every fault test can run in virtual time. */
const INJECTED_GLOBALS = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'performance'].map(
    (name) => ({
      name,
      message: 'Take a Clock instead.',
    }),
  ),
  { name: 'fetch', message: 'Take an HttpTransport instead.' },
  { name: 'WebSocket', message: 'Take a SocketFactory instead.' },
];
const INJECTED_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'Take a Clock instead.' },
  { object: 'Math', property: 'random', message: 'Take a Random instead.' },
  { object: 'performance', property: 'now', message: 'Take a Clock instead.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', 'test/packed/consumer/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      'no-console': 'error',
      'no-restricted-globals': ['error', ...INJECTED_GLOBALS],
      'no-restricted-properties': ['error', ...INJECTED_PROPERTIES],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take a Clock instead.',
        },
      ],
      eqeqeq: 'error',
    },
  },
  layer(['libs/market-data/src/**'], NEST, NODE, SIMULATOR, ADAPTERS, EXCHANGE_STREAM),
  layer(
    ['libs/exchange-stream/src/contract/**'],
    NEST,
    SIMULATOR,
    ADAPTERS,
    EXCHANGE_STREAM,
    forbid(
      'The contract stands below the engine and the module.',
      '**/engine',
      '**/engine/**',
      '**/nest',
      '**/nest/**',
    ),
  ),
  layer(
    ['libs/exchange-stream/src/engine/**'],
    NEST,
    SIMULATOR,
    ADAPTERS,
    EXCHANGE_STREAM,
    forbid('The engine stands below the module.', '**/nest', '**/nest/**'),
  ),
  layer(['libs/exchange-stream/src/nest/**'], SIMULATOR, ADAPTERS, EXCHANGE_STREAM),
  layer(
    ['libs/adapters/src/**'],
    NEST,
    SIMULATOR,
    { regex: '^@exchange-stream/nestjs(?!/contract$)', message: 'Adapters see the contract only.' },
    {
      regex: '^\\.\\./(?!(decoder|checksum|binance-family|binance-futures|coinbase-family)/)[^.]',
      message: 'An exchange imports nothing of another exchange.',
    },
  ),
  layer(['libs/simulator/src/**'], ADAPTERS, EXCHANGE_STREAM, NEST),
  layer(['libs/simulator/src/nest/**'], ADAPTERS, EXCHANGE_STREAM),
  layer(['libs/acceptance/src/**'], NEST, ADAPTERS, {
    regex: '^@exchange-stream/nestjs(?!/(contract|engine)$)',
    message: 'The acceptance suite sees contract and engine only.',
  }),
  layer(['apps/gateway/src/**'], SIMULATOR),
  // Lab's twin and adapter are written from one sheet and not from each other: a mistake must not cancel itself out.
  layer(
    ['test/lab/twin/**'],
    ADAPTERS,
    EXCHANGE_STREAM,
    forbid('The twin does not know the adapter.', '**/adapter', '**/adapter/**'),
  ),
  layer(
    ['test/lab/adapter/**'],
    SIMULATOR,
    forbid('The adapter does not know the twin.', '**/twin', '**/twin/**'),
  ),
  {
    // The one place of each package where the real clock, random source and network come in.
    files: [
      'libs/market-data/src/time/system-clock.ts',
      'libs/exchange-stream/src/engine/platform/**',
      'libs/simulator/src/platform/**',
      'apps/cli/src/**',
      'apps/gateway/src/main.ts',
    ],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
      },
    },
  },
  prettier,
);
