import {
  CREDENTIALS_V2_CONTEXT,
  encodeSecretKeyMultibase,
  partyKeyUrn,
  partyUrn,
  publicKeyMultibaseOf,
  signCredential,
  type CommandOf,
  type EstimateCredential,
  type EstimateSubject,
} from '@battery-passport/schemas';
import { MemoryWorld, type ConsortiumName } from '../memory-world.js';

export const DESIGN_DIGEST = `sha256:${'2'.repeat(64)}`;
const MEASUREMENT_DIGEST = `sha256:${'1'.repeat(64)}`;
const SECRET_KEY = encodeSecretKeyMultibase(new Uint8Array(32).fill(1));

/** A design of two modules with two cells each. */
export function design(change: Partial<CommandOf<'registerDesign'>> = {}): CommandOf<'registerDesign'> {
  return {
    designId: 'design-1',
    modelName: 'Traction pack 1',
    cathodeChemistry: 'NMC811',
    anodeChemistry: 'graphite',
    cellNominalCapacityMah: 60_000,
    packNominalEnergyWh: 900,
    seriesCells: 4,
    parallelCells: 1,
    moduleCount: 2,
    cathodeMassMg: 100_000,
    packMassMg: 400_000,
    estimatorDesignId: 'cell-60',
    estimatorDesignDigest: DESIGN_DIGEST,
    dismantling: [],
    certifiedEnergyWh: 880,
    ...change,
  };
}

/** A pack of that design; its modules weigh 100,001 and 199,999 mg, so that no share comes out even. */
export function pack(packId: string, change: Partial<CommandOf<'registerPack'>> = {}): CommandOf<'registerPack'> {
  return {
    packId,
    gtin: '09506000134352',
    serial: packId,
    designId: 'design-1',
    manufacturedAt: '2028-04-01T00:00:00Z',
    plant: { countryCode: 'JP', name: 'Tochigi' },
    modules: [
      { moduleId: `${packId}-a`, massMg: 100_001, cellCount: 2 },
      { moduleId: `${packId}-b`, massMg: 199_999, cellCount: 2 },
    ],
    materials: [],
    ...change,
  };
}

/** A swap of modules. */
export function swap(packId: string, change: Partial<CommandOf<'recordRepair'>> = {}): CommandOf<'recordRepair'> {
  return {
    repairId: `repair-${packId}`,
    packId,
    kind: 'module-swap',
    removed: [],
    fittedModuleIds: [],
    description: 'A weak module was swapped.',
    performedAt: '2030-06-01T00:00:00Z',
    documents: [],
    ...change,
  };
}

const loss = (valuePpm: number) => ({
  valuePpm,
  sigmaPpm: 4_000,
  interval90Ppm: [valuePpm - 6_600, valuePpm + 6_600],
});

/** An estimate of pack-1: lithium-deficient at a state of health of 90 %. */
export function estimate(change: Partial<EstimateSubject> = {}): EstimateSubject {
  return {
    packId: 'pack-1',
    designId: 'cell-60',
    chemistry: 'NMC811',
    cathodeClass: 'lithium-deficient',
    classProbabilitiesPpm: {
      'lithium-deficient': 970_000,
      cracked: 20_000,
      'surface-reconstructed': 10_000,
      'cracked-and-reconstructed': 0,
      depleted: 0,
    },
    lli: loss(150_000),
    lamPe: loss(50_000),
    lamNe: loss(40_000),
    crackAreaRatio: loss(1_100_000),
    surfaceLayerRatio: null,
    capacity: { valueMah: 54_000, sigmaMah: 200, interval90Mah: [53_670, 54_330] },
    soh: loss(900_000),
    notIdentifiable: { surfaceLayerRatio: 'No spectrum was measured.' },
    method: { name: 'porous-electrode', version: '1.0.0' },
    measurementDigest: MEASUREMENT_DIGEST,
    designDigest: DESIGN_DIGEST,
    measuredAt: '2031-02-01T00:00:00Z',
    ...change,
  };
}

/** The estimate of a state of health, as a quantity. */
export function soh(valuePpm: number): EstimateSubject['soh'] {
  return loss(valuePpm);
}

/** Signs an estimate as the consortium's estimator. */
export function signed(change: Partial<EstimateSubject> = {}, validUntil?: string): EstimateCredential {
  return signCredential(
    {
      '@context': [CREDENTIALS_V2_CONTEXT],
      type: ['VerifiableCredential', 'CathodeStateAttestation'],
      issuer: partyUrn('estimator'),
      ...(validUntil === undefined ? {} : { validUntil }),
      credentialSubject: estimate(change),
    },
    {
      secretKeyMultibase: SECRET_KEY,
      created: '2031-02-02T00:00:00Z',
      verificationMethod: partyKeyUrn('estimator', 'key-1'),
    },
  ) as unknown as EstimateCredential;
}

/** A world with lots of cathode powder (two origins) and copper foil at the OEM, a design, and pack-1 of both, in service. */
export async function packInService(): Promise<MemoryWorld> {
  const world = await MemoryWorld.founded();
  await world.submit('maker', 'registerLot', {
    lotId: 'powder',
    material: 'cathode-powder',
    chemistry: 'NMC811',
    massMg: 1_000_000,
    account: [
      {
        element: 'Ni',
        origins: [
          { kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 300_007 },
          { kind: 'primary', minedIn: 'PH', refinedIn: 'JP', massMg: 180_001 },
        ],
      },
      { element: 'Li', origins: [{ kind: 'primary', minedIn: 'AU', massMg: 70_003 }] },
    ],
    activeMaterialMg: 1_000_000,
    carbonG: 25_001,
  });
  await hand(world, 'lot', 'powder', 'maker', 'oem');
  await world.submit('oem', 'registerDesign', design());
  await world.submit('oem', 'registerPack', pack('pack-1', { materials: [{ lotId: 'powder', massMg: 99_999 }] }));
  await world.submit('oem', 'placePackOnMarket', { packId: 'pack-1', placedOnMarketAt: '2028-05-01T00:00:00Z' });
  return world;
}

/** Hands a thing over by offer and acceptance. */
export async function hand(
  world: MemoryWorld,
  recordType: 'lot' | 'pack' | 'module',
  id: string,
  from: ConsortiumName,
  to: ConsortiumName,
): Promise<void> {
  const offerId = `offer-${id}-${from}-${to}`;
  await world.submit(from, 'offerCustody', { offerId, asset: { recordType, id }, to });
  await world.submit(to, 'acceptCustody', { offerId });
}

/** Has pack-1 taken in by the recycler. */
export async function collect(
  world: MemoryWorld,
  change: Partial<CommandOf<'collectPack'>> = {},
  as: ConsortiumName = 'recycler',
): Promise<void> {
  await world.submit(as, 'collectPack', {
    packId: 'pack-1',
    countryCode: 'JP',
    regionCode: 'JP-14',
    collectedAt: '2031-02-10T00:00:00Z',
    condition: 'intact',
    ...change,
  });
}

/** Gives the consortium's estimator its key and its accreditation. */
export async function accredit(world: MemoryWorld): Promise<void> {
  await world.submit('estimator', 'addPartyKey', {
    keyId: 'key-1',
    publicKeyMultibase: publicKeyMultibaseOf(SECRET_KEY),
    validFrom: '2030-01-01T00:00:00Z',
  });
  await world.submit('regulator', 'accreditEstimator', {
    accreditationId: 'accreditation-1',
    estimatorId: 'estimator',
    chemistries: ['NMC811'],
    methodNames: ['porous-electrode'],
    validFrom: '2030-01-01T00:00:00Z',
    validUntil: '2032-01-01T00:00:00Z',
  });
}

/** Asks for an estimate of pack-1 and answers it. */
export async function attest(
  world: MemoryWorld,
  attestationId: string,
  change: Partial<EstimateSubject> = {},
): Promise<void> {
  const requestId = `request-${attestationId}`;
  await world.submit('oem', 'requestEstimate', {
    requestId,
    packId: 'pack-1',
    ...(change.moduleId === undefined ? {} : { moduleId: change.moduleId }),
    purpose: 'sorting',
    expiresAt: '2031-04-01T00:00:00Z',
  });
  await world.submit('estimator', 'submitAttestation', { attestationId, requestId, credential: signed(change) });
}
