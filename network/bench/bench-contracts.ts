import type { ContractSource } from '../src/index.js';

/** The contract that the benchmarks of the ledger alone run. */
export const BENCH_CONTRACTS: ContractSource = {
  module: new URL('../test/embedded/ledger-contract.js', import.meta.url).href,
  export: 'contracts',
};
