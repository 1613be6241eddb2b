/**
 * Where a peer finds the contract classes: a module address and the name of its export, since classes cannot cross into
 * another thread, and since the rules of this package are of use without loading fabric-shim.
 */
export const CONTRACT_SOURCE = {
  module: new URL('./contracts.js', import.meta.url).href,
  export: 'CONTRACTS',
} as const;
