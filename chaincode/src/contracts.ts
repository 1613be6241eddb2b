import { CustodyContract } from './custody/custody-contract.js';
import { LotContract } from './lot/lot-contract.js';
import { PartyContract } from './party/party-contract.js';
import { RecordContract } from './record/record-contract.js';

/** The contracts of the chaincode `passport`, as fabric-shim takes them. */
export const CONTRACTS = [RecordContract, PartyContract, LotContract, CustodyContract];
