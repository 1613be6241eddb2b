import js from '@eslint/js';
import n from 'eslint-plugin-n';
import tseslint from 'typescript-eslint';

/** What a contract may not touch: every endorser must compute the same bytes from the same arguments. */
const nondeterministic = [
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'No randomness in contracts.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'No clock in contracts.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'No clock in contracts.' },
  { selector: 'CallExpression[callee.property.name=/^toLocale/]', message: 'No locale in contracts.' },
  { selector: "CallExpression[callee.property.name='localeCompare']", message: 'No locale in contracts.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'data/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { n },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'n/no-extraneous-import': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['**/test/**/*.ts', '**/bench/**/*.ts'],
    rules: {
      'n/no-extraneous-import': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [] }],
    },
  },
  {
    // graphql-js types its wrappers (`GraphQLList`, `GraphQLNonNull`) as classes that stand for one another.
    files: ['gateway/src/graphql/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    files: ['estimator/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['chaincode/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...nondeterministic],
      'no-restricted-globals': [
        'error',
        ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance', 'Intl', 'crypto'].map(
          (name) => ({
            name,
            message: 'Contracts have no clock, randomness, environment, locale or I/O.',
          }),
        ),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            'fs',
            'os',
            'net',
            'http',
            'https',
            'child_process',
            'worker_threads',
            'timers',
            'perf_hooks',
            'process',
          ].flatMap((name) => [name, `node:${name}`]),
          patterns: ['node:fs/*', 'node:timers/*'],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', require: 'readonly', URL: 'readonly' },
    },
  },
);
