import fabric from 'fabric-contract-api';

/**
 * The decorators of fabric-contract-api. The package is CommonJS and merges them into its exports when it runs, so that an
 * ES module cannot import them by name.
 */
export const { Info, Returns, Transaction } = fabric;
