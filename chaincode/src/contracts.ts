import { CertificateContract } from './certificate/certificate-contract.js';
import { CustodyContract } from './custody/custody-contract.js';
import { DesignContract } from './design/design-contract.js';
import { EstimateContract } from './estimate/estimate-contract.js';
import { FindingContract } from './finding/finding-contract.js';
import { GradeContract } from './grade/grade-contract.js';
import { LotContract } from './lot/lot-contract.js';
import { PackContract } from './pack/pack-contract.js';
import { PartyContract } from './party/party-contract.js';
import { ProcessContract } from './process/process-contract.js';
import { RecordContract } from './record/record-contract.js';
import { SortingContract } from './sorting/sorting-contract.js';
import { UseContract } from './use/use-contract.js';

/** The contracts of the chaincode `passport`, as fabric-shim takes them. */
export const CONTRACTS = [
  RecordContract,
  PartyContract,
  LotContract,
  CustodyContract,
  DesignContract,
  PackContract,
  UseContract,
  EstimateContract,
  SortingContract,
  ProcessContract,
  FindingContract,
  GradeContract,
  CertificateContract,
];
