import { METHOD } from '@battery-passport/estimator';
import { DEFAULT_SORTING_POLICY } from '@battery-passport/schemas';
import { DEVELOPMENT_ENROLMENTS } from '../../node/development-enrolments.js';
import { DAYS_AGO } from '../calendar.js';
import { batchCommand, type Story } from '../story.js';

/** Act 1: the regulator registers the parties, accredits the estimator and publishes the sorting policy. */
export async function foundConsortium({ gateway, calendar, person }: Story): Promise<void> {
  const regulator = person('regulator');
  const registrations = DEVELOPMENT_ENROLMENTS.map(({ partyId, partyName, mspId, roles }) => ({
    partyId,
    name: partyName,
    mspId,
    roles: [...roles],
  }));
  // The first registration is the regulator's own: without it there is nobody who could run a batch.
  const own = registrations.find(({ partyId }) => partyId === regulator.partyId);
  if (own !== undefined) await regulator.submit('registerParty', own);
  await regulator.batch(
    registrations.filter((party) => party !== own).map((party) => batchCommand('registerParty', party)),
  );
  const validFrom = calendar.daysAgo(DAYS_AGO.accredited);
  const estimator = person('estimator');
  await estimator.submit('addPartyKey', { ...gateway.estimatorKey, validFrom });
  await regulator.submit('accreditEstimator', {
    accreditationId: 'ACC-0001',
    estimatorId: estimator.partyId,
    chemistries: ['NMC811', 'NMC532', 'NMC'],
    methodNames: [METHOD.name],
    validFrom,
    validUntil: calendar.daysAgo(-730),
  });
  await regulator.submit('publishSortingPolicy', DEFAULT_SORTING_POLICY);
}
