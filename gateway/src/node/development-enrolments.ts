import type { TokenSubject } from '../access/token-issuer.js';

/** A person of the development consortium: an enrolment, and the party that the demonstration registers for it. */
export interface DevelopmentEnrolment extends TokenSubject {
  readonly partyName: string;
}

/** As whom the node's estimator service submits. */
export const ESTIMATOR = person('estimator', 'OemMSP', 'aoi-estimation', 'Aoi Cathode Estimation', ['estimator']);

/**
 * The people for whom a fresh data directory holds enrolments and tokens, as development chains come with accounts.
 * Suppliers, collectors and second-life operators stand under the organisations of the carmaker and the recycler, the
 * laboratory under the regulator's.
 */
export const DEVELOPMENT_ENROLMENTS: readonly DevelopmentEnrolment[] = [
  person('regulator', 'RegulatorMSP', 'regulator', 'Battery Market Surveillance', ['regulator']),
  person('laboratory', 'RegulatorMSP', 'tsukuba-laboratory', 'Tsukuba Materials Laboratory', ['laboratory']),
  person('oem', 'OemMSP', 'aoi-motors', 'Aoi Motors', ['oem']),
  person('supplier-nickel', 'OemMSP', 'sulawesi-nickel', 'Sulawesi Nickel', ['material-supplier']),
  person('supplier-cobalt', 'OemMSP', 'katanga-cobalt', 'Katanga Cobalt', ['material-supplier']),
  person('supplier-lithium', 'OemMSP', 'atacama-lithium', 'Atacama Lithium', ['material-supplier']),
  person('supplier-manganese', 'OemMSP', 'kalahari-manganese', 'Kalahari Manganese', ['material-supplier']),
  person('supplier-foil', 'OemMSP', 'ningbo-cell-materials', 'Ningbo Cell Materials', ['material-supplier']),
  ESTIMATOR,
  person('remanufacturer', 'OemMSP', 'aoi-remanufacturing', 'Aoi Remanufacturing', ['remanufacturer']),
  person('collector', 'RecyclerMSP', 'kanto-collection', 'Kanto Battery Collection', ['collector']),
  person('second-life-operator', 'RecyclerMSP', 'hikari-storage', 'Hikari Storage', ['second-life-operator']),
  person('recycler', 'RecyclerMSP', 'meguri-recycling', 'Meguri Recycling', ['recycler']),
  person('cathode-maker', 'SynthesisMSP', 'yodo-cathode', 'Yodo Cathode Materials', ['cathode-maker']),
];

function person(
  subject: string,
  mspId: string,
  partyId: string,
  partyName: string,
  roles: DevelopmentEnrolment['roles'],
): DevelopmentEnrolment {
  return { subject, mspId, partyId, partyName, roles };
}
