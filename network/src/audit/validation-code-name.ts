import { peer } from '@hyperledger/fabric-protos';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({ ...peer.TxValidationCode }).map(([name, code]) => [code, name]),
);

/** Fabric's own word for a `TxValidationCode` with its number: `MVCC_READ_CONFLICT (11)`. */
export function validationCodeName(code: number): string {
  return `${NAMES.get(code) ?? 'an unknown code'} (${code})`;
}
