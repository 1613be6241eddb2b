// Makes design.json, pack.json, use.json, estimate.json and sorting.json beside it: `node chaincode/vectors/make-pack-vectors.js`
// after a build. Credentials are signed with a key made for these vectors, so that the same script gives the same bytes.
import { writeFileSync } from 'node:fs';
import {
  CREDENTIALS_V2_CONTEXT,
  encodeSecretKeyMultibase,
  partyKeyUrn,
  partyUrn,
  publicKeyMultibaseOf,
  signCredential,
} from '@battery-passport/schemas';

const SECRET_KEY = encodeSecretKeyMultibase(new Uint8Array(32).fill(1));
const OTHER_SECRET_KEY = encodeSecretKeyMultibase(new Uint8Array(32).fill(2));
const GTIN = '09506000134352';
const DIGEST = `sha256:${'1'.repeat(64)}`;
const DESIGN_DIGEST = `sha256:${'2'.repeat(64)}`;
const PLANT = { countryCode: 'JP', name: 'Tochigi' };

const without = (value, ...names) => Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
const step = (as, transaction, command, more = {}) => ({ as, transaction, command, ...more });
const refused = (code, comment, { as, transaction, command, ...more }, given) => ({
  comment,
  ...(given === undefined ? {} : { given }),
  as,
  transaction,
  command,
  ...more,
  refused: code,
});

const design = (change = {}) => ({
  designId: 'design-1',
  modelName: 'Traction pack 1',
  cathodeChemistry: 'NMC811',
  anodeChemistry: 'graphite',
  cellNominalCapacityMah: 60000,
  packNominalEnergyWh: 900,
  seriesCells: 4,
  parallelCells: 1,
  moduleCount: 2,
  cathodeMassMg: 100000,
  packMassMg: 400000,
  estimatorDesignId: 'cell-60',
  estimatorDesignDigest: DESIGN_DIGEST,
  dismantling: [],
  certifiedEnergyWh: 880,
  ...change,
});
const modules = (packId, change = {}) => [
  { moduleId: `${packId}-a`, massMg: 150000, cellCount: 2, ...change },
  { moduleId: `${packId}-b`, massMg: 150000, cellCount: 2 },
];
const pack = (packId, change = {}) => ({
  packId,
  gtin: GTIN,
  serial: packId,
  designId: 'design-1',
  manufacturedAt: '2028-04-01T00:00:00Z',
  plant: PLANT,
  modules: modules(packId),
  materials: [],
  ...change,
});
const lot = (lotId, change = {}) => ({
  lotId,
  material: 'cathode-powder',
  chemistry: 'NMC811',
  massMg: 1000000,
  account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 480000 }] }],
  activeMaterialMg: 1000000,
  carbonG: 25,
  ...change,
});
const handed = (recordType, id, from, to) => [
  step(from, 'offerCustody', { offerId: `offer-${id}`, asset: { recordType, id }, to }),
  step(to, 'acceptCustody', { offerId: `offer-${id}` }),
];
const delivered = (lotId, change) => [
  step('supplier', 'registerLot', lot(lotId, change)),
  ...handed('lot', lotId, 'supplier', 'oem'),
];
const placed = (packId, placedOnMarketAt = '2028-05-01T00:00:00Z') =>
  step('oem', 'placePackOnMarket', { packId, placedOnMarketAt });
const collection = (packId, change = {}) => ({
  packId,
  countryCode: 'JP',
  regionCode: 'JP-14',
  collectedAt: '2031-01-10T00:00:00Z',
  condition: 'intact',
  ...change,
});
const collected = (packId, change) => step('recycler', 'collectPack', collection(packId, change));
const oneRoute = (policyId, route, method) =>
  step('recycler', 'publishSortingPolicy', {
    policyId,
    version: 1,
    note: 'Everything goes one way.',
    rules: [{ ruleId: 'all', when: {}, route, ...(method === undefined ? {} : { method }) }],
  });
const sorted = (packId, policyRecordId, change = {}) =>
  step('recycler', 'sortPack', { decisionId: `decision-${packId}`, packId, policyRecordId, ...change });
const repair = (packId, change = {}) => ({
  repairId: 'repair-1',
  packId,
  kind: 'module-swap',
  removed: [],
  fittedModuleIds: [],
  description: 'A weak module was taken out.',
  performedAt: '2030-06-01T00:00:00Z',
  documents: [],
  ...change,
});
const spare = (moduleId, change = {}) => ({
  moduleId,
  designId: 'design-1',
  massMg: 150000,
  cellCount: 2,
  materials: [],
  ...change,
});
const ended = (packId) => step('oem', 'endPack', { packId, endedAt: '2031-02-01T00:00:00Z', reason: 'exported' });
const made = [step('oem', 'registerDesign', design()), step('oem', 'registerPack', pack('pack-1'))];
const inService = [...made, placed('pack-1')];

const designFile = {
  comment: 'designs',
  given: [],
  vectors: [
    refused('DESIGN_INVALID', 'more cathode than pack', step('oem', 'registerDesign', design({ cathodeMassMg: 400001 }))),
    refused('DESIGN_INVALID', 'more modules than cells', step('oem', 'registerDesign', design({ moduleCount: 5 }))),
    refused('DESIGN_INVALID', 'more certified than nominal energy', step('oem', 'registerDesign', design({ certifiedEnergyWh: 901 }))),
    refused('ROLE_MISSING', 'a design by a recycler', step('recycler', 'registerDesign', design())),
    refused('SCHEMA_VIOLATION', 'a cell of no capacity', step('oem', 'registerDesign', design({ cellNominalCapacityMah: 0 }))),
    refused('RECORD_EXISTS', 'a design that is there', step('oem', 'registerDesign', design()), [step('oem', 'registerDesign', design())]),
    refused('RECORD_NOT_FOUND', 'the correction of a design that is not there', step('oem', 'registerDesign', design({ supersedes: { id: 'design-0', reason: 'typing error' } }))),
    refused('RECORD_SUPERSEDED', 'a pack of a corrected design', step('oem', 'registerPack', pack('pack-1')), [
      step('oem', 'registerDesign', design()),
      step('oem', 'registerDesign', design({ designId: 'design-2', supersedes: { id: 'design-1', reason: 'wrong mass' } })),
    ]),
  ],
};

const second = step('oem', 'registerPack', pack('pack-2'));
const correction = (packId, change) => step('oem', 'registerPack', pack(packId, { supersedes: { id: 'pack-1', reason: 'wrong serial' }, ...change }));
const swapOut = (moduleId, more = {}) => step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId, ...more }] }));
const rival = { party: 'oem-2', mspId: 'OemMSP', roles: ['oem'] };
const rivalRegistered = step('regulator', 'registerParty', { partyId: 'oem-2', name: 'Second OEM', mspId: 'OemMSP', roles: ['oem'] });
const newLife = { packId: 'pack-1', newPackId: 'pack-1-sl', gtin: GTIN, serial: 'pack-1-sl', plant: PLANT, repurposedAt: '2031-02-01T00:00:00Z' };
const storage = step('second-life', 'repurposePack', newLife);
const sortedFor = (route, method) => [
  placed('pack-1'),
  collected('pack-1'),
  oneRoute('one', route, method),
  sorted('pack-1', 'one-v1'),
];
const toStorage = [...sortedFor('repurpose'), ...handed('pack', 'pack-1', 'recycler', 'second-life')];

const packFile = {
  comment: 'packs and modules',
  given: made,
  vectors: [
    refused('GTIN_INVALID', 'a GTIN with another check digit', step('oem', 'registerPack', pack('pack-2', { gtin: '09506000134353' }))),
    refused('SCHEMA_VIOLATION', 'a GTIN of 13 digits', step('oem', 'registerPack', pack('pack-2', { gtin: '9506000134352' }))),
    refused('ROLE_MISSING', 'a pack by a recycler', step('recycler', 'registerPack', pack('pack-2'))),
    refused('WRONG_ORGANISATION', 'an OEM under another organisation', step({ party: 'oem', mspId: 'RecyclerMSP', roles: ['oem'] }, 'registerPack', pack('pack-2'))),
    refused('PARTY_SUSPENDED', 'a pack by a suspended OEM', second, [step('regulator', 'suspendParty', { partyId: 'oem', reason: 'under investigation' })]),
    refused('NOT_AUTHOR', "a pack to another maker's design", step(rival, 'registerPack', pack('pack-2')), [rivalRegistered]),
    refused('RECORD_NOT_FOUND', 'a pack of no design', step('oem', 'registerPack', pack('pack-2', { designId: 'design-9' }))),
    refused('RECORD_EXISTS', 'a pack that is there', step('oem', 'registerPack', pack('pack-1', { serial: 'other', modules: modules('other') }))),
    refused('RECORD_EXISTS', 'a GTIN and serial that another pack has', step('oem', 'registerPack', pack('pack-2', { serial: 'pack-1' }))),
    refused('RECORD_EXISTS', 'a module that another pack has', step('oem', 'registerPack', pack('pack-2', { modules: modules('pack-1') }))),
    refused('DUPLICATE_INPUT', 'a module named twice', step('oem', 'registerPack', pack('pack-2', { modules: modules('pack-2', { moduleId: 'pack-2-b' }) }))),
    refused('DESIGN_MISMATCH', 'a module too few', step('oem', 'registerPack', pack('pack-2', { modules: modules('pack-2').slice(1) }))),
    refused('DESIGN_MISMATCH', 'a cell too many', step('oem', 'registerPack', pack('pack-2', { modules: modules('pack-2', { cellCount: 3 }) }))),
    refused('OVERWEIGHT', 'modules heavier than the pack', step('oem', 'registerPack', pack('pack-2', { modules: modules('pack-2', { massMg: 250001 }) }))),
    refused('TIME_IMPLAUSIBLE', 'a pack of tomorrow', step('oem', 'registerPack', pack('pack-2', { manufacturedAt: '2031-03-02T00:00:00Z' }))),
    refused('OVERWEIGHT', 'more material than the pack weighs', step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 400001 }] })), delivered('powder')),
    refused('LOT_OVERDRAWN', 'more than a lot holds', step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 1000001 }] })), delivered('powder')),
    refused('DUPLICATE_INPUT', 'a lot named twice', step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 1 }, { lotId: 'powder', massMg: 2 }] })), delivered('powder')),
    refused('NOT_HOLDER', "another party's lot", step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 1 }] })), [step('supplier', 'registerLot', lot('powder'))]),
    refused('DESIGN_MISMATCH', 'cathode powder of another chemistry', step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 1 }] })), delivered('powder', { chemistry: 'LFP' })),
    refused('MATERIAL_UNFIT', 'ore in a pack', step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'ore', massMg: 1 }] })), delivered('ore', { material: 'ore', activeMaterialMg: 0 })),

    refused('CORRECTION_CONFLICT', 'the correction of a pack in service', correction('pack-2', {}), [placed('pack-1')]),
    refused('NOT_AUTHOR', "the correction of another maker's pack", step(rival, 'registerPack', pack('pack-2', { designId: 'design-2', supersedes: { id: 'pack-1', reason: 'mine' } })), [rivalRegistered, step(rival, 'registerDesign', design({ designId: 'design-2' }))]),
    refused('RECORD_SUPERSEDED', 'a second correction', correction('pack-3', {}), [correction('pack-2', {})]),
    refused('RECORD_SUPERSEDED', 'placing a corrected pack', placed('pack-1'), [correction('pack-2', {})]),
    refused('CORRECTION_CONFLICT', 'a correction that gives material back', correction('pack-3', { supersedes: { id: 'pack-2', reason: 'less' }, materials: [{ lotId: 'powder', massMg: 99 }] }), [
      ...delivered('powder'),
      step('oem', 'registerPack', pack('pack-2', { materials: [{ lotId: 'powder', massMg: 100 }] })),
    ]),

    refused('NOT_HOLDER', 'placing a pack that another party holds', step(rival, 'placePackOnMarket', { packId: 'pack-1', placedOnMarketAt: '2028-05-01T00:00:00Z' }), [rivalRegistered]),
    refused('TIME_IMPLAUSIBLE', 'placing a pack before it was made', placed('pack-1', '2028-03-01T00:00:00Z')),
    refused('ILLEGAL_TRANSITION', 'placing a pack twice', placed('pack-1'), [placed('pack-1')]),
    refused('PACK_INCOMPLETE', 'placing a pack that misses a module', placed('pack-1'), [swapOut('pack-1-a')]),
    refused('WRONG_ROUTE', 'placing a pack that was sorted for recycling', step('oem', 'placePackOnMarket', { packId: 'pack-1', placedOnMarketAt: '2031-02-01T00:00:00Z' }), [...sortedFor('hydrometallurgy'), ...handed('pack', 'pack-1', 'recycler', 'oem')]),
    refused('ASSET_OFFERED', 'placing a pack that is offered', placed('pack-1'), [step('oem', 'offerCustody', { offerId: 'offer-1', asset: { recordType: 'pack', id: 'pack-1' }, to: 'collector' })]),

    refused('REGION_MISMATCH', 'a region of another country', collected('pack-1', { regionCode: 'DE-BY' }), [placed('pack-1')]),
    refused('NOT_HOLDER', "collecting another party's new pack", collected('pack-1')),
    refused('ILLEGAL_TRANSITION', 'collecting a pack twice', collected('pack-1'), [placed('pack-1'), collected('pack-1')]),
    refused('TIME_IMPLAUSIBLE', 'collecting a pack before it was on the market', collected('pack-1', { collectedAt: '2028-04-02T00:00:00Z' }), [placed('pack-1')]),
    refused('ROLE_MISSING', 'collecting by a laboratory', step('laboratory', 'collectPack', collection('pack-1')), [placed('pack-1')]),
    refused('SCHEMA_VIOLATION', 'an address in a collection', collected('pack-1', { street: 'Minato Mirai 2' }), [placed('pack-1')]),

    refused('REPAIR_MISMATCH', 'a repair that takes a module out', step('oem', 'recordRepair', repair('pack-1', { kind: 'repair', removed: [{ moduleId: 'pack-1-a' }] }))),
    refused('REPAIR_MISMATCH', 'a swap of no module', step('oem', 'recordRepair', repair('pack-1'))),
    refused('REPAIR_MISMATCH', 'a module that leaves and comes', step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['pack-1-a'] }))),
    refused('MODULE_NOT_FITTED', "another pack's module", swapOut('pack-2-a'), [second]),
    refused('MODULE_NOT_FITTED', 'a module that has left', step('oem', 'recordRepair', repair('pack-1', { repairId: 'repair-2', removed: [{ moduleId: 'pack-1-a' }] })), [swapOut('pack-1-a')]),
    refused('RECORD_NOT_FOUND', 'a module that nobody made', step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare-9'] }))),
    refused('PACK_FULL', 'a module too many', step('oem', 'recordRepair', repair('pack-1', { fittedModuleIds: ['spare-1'] })), [step('oem', 'registerModule', spare('spare-1'))]),
    refused('DESIGN_MISMATCH', 'a module of another design', step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare-1'] })), [step('oem', 'registerDesign', design({ designId: 'design-2' })), step('oem', 'registerModule', spare('spare-1', { designId: 'design-2' }))]),
    refused('NOT_HOLDER', "another party's module", step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare-1'] })), [step('remanufacturer', 'registerModule', spare('spare-1'))]),
    refused('MODULE_NOT_FREE', 'a module that is in another pack', step('oem', 'recordRepair', repair('pack-2', { repairId: 'repair-2', removed: [{ moduleId: 'pack-2-a' }], fittedModuleIds: ['spare-1'] })), [
      second,
      step('oem', 'registerModule', spare('spare-1')),
      step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare-1'] })),
    ]),
    refused('LINEAGE_CYCLE', 'a later module that leaves under its own name', step('oem', 'recordRepair', repair('pack-1', { repairId: 'repair-2', removed: [{ moduleId: 'spare-1' }] })), [
      step('oem', 'registerModule', spare('spare-1')),
      step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare-1'] })),
    ]),
    refused('LINEAGE_CYCLE', 'a module that comes back through another pack', step('oem', 'recordRepair', repair('pack-1', { repairId: 'repair-3', fittedModuleIds: ['pack-1-a-later'] })), [
      second,
      swapOut('pack-1-a'),
      step('oem', 'recordRepair', repair('pack-2', { repairId: 'repair-2a', removed: [{ moduleId: 'pack-2-a' }], fittedModuleIds: ['pack-1-a'] })),
      step('oem', 'recordRepair', repair('pack-2', { repairId: 'repair-2b', removed: [{ moduleId: 'pack-1-a', looseModuleId: 'pack-1-a-later' }] })),
    ]),
    refused('TIME_IMPLAUSIBLE', 'a repair before the one before it', step('oem', 'recordRepair', repair('pack-1', { repairId: 'repair-2', kind: 'repair', performedAt: '2030-05-01T00:00:00Z' })), [swapOut('pack-1-a')]),
    refused('ILLEGAL_TRANSITION', 'a repair of a sorted pack', step('recycler', 'recordRepair', repair('pack-1', { kind: 'repair' })), sortedFor('repurpose')),
    refused('RECORD_EXISTS', 'a spare module under the name of a fitted one', step('oem', 'registerModule', spare('pack-1-a'))),

    refused('WRONG_ROUTE', 'repurposing a pack that was sorted for recycling', storage, [...sortedFor('hydrometallurgy'), ...handed('pack', 'pack-1', 'recycler', 'second-life')]),
    refused('WRONG_ROUTE', 'repurposing a pack that was not sorted', step('oem', 'repurposePack', newLife)),
    refused('RECORD_EXISTS', 'the old serial for the new passport', step('second-life', 'repurposePack', { ...newLife, serial: 'pack-1' }), toStorage),
    refused('LINEAGE_CYCLE', 'the old identifier for the new passport', step('second-life', 'repurposePack', { ...newLife, newPackId: 'pack-1' }), toStorage),
    refused('GTIN_INVALID', 'a new passport with another check digit', step('second-life', 'repurposePack', { ...newLife, gtin: '09506000134350' }), toStorage),
    refused('PASSPORT_ENDED', 'collecting a pack whose passport was followed by another', collected('pack-1'), [...toStorage, storage]),
    refused('PASSPORT_ENDED', 'placing an ended pack', placed('pack-1'), [ended('pack-1')]),
    refused('PASSPORT_ENDED', 'ending a pack twice', ended('pack-1'), [ended('pack-1')]),
    refused('NOT_HOLDER', "ending another party's pack", step('recycler', 'endPack', { packId: 'pack-1', endedAt: '2031-02-01T00:00:00Z', reason: 'lost' })),
    refused('TIME_IMPLAUSIBLE', 'ending a pack before it was made', step('oem', 'endPack', { packId: 'pack-1', endedAt: '2028-02-01T00:00:00Z', reason: 'lost' })),
    refused('SCHEMA_VIOLATION', 'ending a pack by typing that it was recycled', step('oem', 'endPack', { packId: 'pack-1', endedAt: '2031-02-01T00:00:00Z', reason: 'recycled' })),
  ],
};

const HOURS = 3600;
const use = (change = {}) => ({
  useRecordId: 'use-1',
  packId: 'pack-1',
  from: '2028-06-01T00:00:00Z',
  to: '2028-06-02T00:00:00Z',
  chargeThroughputMah: 50000,
  dischargeThroughputMah: 48000,
  vehicleToGridThroughputMah: 1000,
  fastChargeCount: 1,
  counterChargeThroughputMah: 50000,
  stateOfChargeTemperatureS: { socEdgesPpm: [0, 500000, 1000000], temperatureEdgesMk: [263150, 293150, 323150], durationS: [[6 * HOURS, 6 * HOURS], [6 * HOURS, 6 * HOURS]] },
  depthOfDischargeCounts: { edgesPpm: [0, 500000, 1000000], counts: [1, 1] },
  cRateDurationS: { edgesMilliC: [0, 100, 3000], durationS: [20 * HOURS, 4 * HOURS] },
  rowsMerkleRoot: DIGEST,
  rowCount: 86400,
  ...change,
});
const used = (change) => step('oem', 'recordUse', use(change));
const joint = (change) => ({ stateOfChargeTemperatureS: { ...use().stateOfChargeTemperatureS, ...change } });
const nextDay = { useRecordId: 'use-2', from: '2028-06-02T00:00:00Z', to: '2028-06-03T00:00:00Z', counterChargeThroughputMah: 100000 };

const useFile = {
  comment: 'use records',
  given: inService,
  vectors: [
    refused('ROLE_MISSING', 'use by a recycler', step('recycler', 'recordUse', use())),
    refused('NOT_HOLDER', "another maker's pack", step(rival, 'recordUse', use()), [rivalRegistered]),
    refused('PERIOD_INVALID', 'a period that ends as it begins', used({ to: '2028-06-01T00:00:00Z' })),
    refused('TIME_IMPLAUSIBLE', 'a period of tomorrow', used({ to: '2031-03-02T00:00:00Z' })),
    refused('USE_PERIOD_OVERLAP', 'a period before the pack was on the market', used({ from: '2028-04-30T23:00:00Z' })),
    refused('USE_PERIOD_OVERLAP', 'a period that begins within the last', used({ ...nextDay, from: '2028-06-01T23:59:59Z' }), [used()]),
    refused('COUNTER_BACKWARDS', 'a counter that runs backwards', used({ ...nextDay, chargeThroughputMah: 0, counterChargeThroughputMah: 49999 }), [used()]),
    refused('COUNTER_BACKWARDS', 'a counter that advances by less than was charged', used({ ...nextDay, counterChargeThroughputMah: 99999 }), [used()]),
    refused('THROUGHPUT_INVALID', 'more to the grid than was discharged', used({ vehicleToGridThroughputMah: 48001 })),
    refused('THROUGHPUT_INVALID', 'a total past 2^53', used({ ...nextDay, dischargeThroughputMah: 9007199254740991, vehicleToGridThroughputMah: 9007199254740991 }), [used()]),
    refused('HISTOGRAM_INVALID', 'more time than the period has', used(joint({ durationS: [[6 * HOURS, 6 * HOURS], [6 * HOURS, 6 * HOURS + 1]] }))),
    refused('HISTOGRAM_INVALID', 'a row too few', used(joint({ durationS: [[1, 1]] }))),
    refused('HISTOGRAM_INVALID', 'a column too many', used(joint({ durationS: [[1, 1], [1, 1, 1]] }))),
    refused('HISTOGRAM_INVALID', 'edges that do not ascend', used(joint({ socEdgesPpm: [0, 1000000, 1000000] }))),
    refused('HISTOGRAM_INVALID', 'depths that do not fit their edges', used({ depthOfDischargeCounts: { edgesPpm: [0, 1000000], counts: [1, 1] } })),
    refused('HISTOGRAM_INVALID', 'more time at C-rate than the period has', used({ cRateDurationS: { edgesMilliC: [0, 100], durationS: [24 * HOURS + 1] } })),
    refused('SCHEMA_VIOLATION', 'a place driven', used({ latitude: 35.4 })),
    refused('SCHEMA_VIOLATION', 'a remark that could name a driver', used({ remark: 'Driven by A. N.' })),
    refused('SCHEMA_VIOLATION', 'confidential detail on use', used({ private: { collection: 'oem-recycler', digest: DIGEST } })),
    refused('SCHEMA_VIOLATION', 'a negative time', used(joint({ durationS: [[-1, 1], [1, 1]] }))),
    refused('RECORD_EXISTS', 'a use record that is there', used({ ...nextDay, useRecordId: 'use-1' }), [used()]),
    refused('ILLEGAL_TRANSITION', 'use of a pack that was never in service', used({ packId: 'pack-2' }), [second]),
    refused('PASSPORT_ENDED', 'use of a pack whose passport has ended', used(), [ended('pack-1')]),
    refused('TIME_IMPLAUSIBLE', 'use after the pack was given back', used({ from: '2031-01-09T12:00:00Z', to: '2031-01-10T12:00:00Z' }), [collected('pack-1')]),
    refused('CORRECTION_CONFLICT', 'the correction of a period on which a later one rests', used({ useRecordId: 'use-3', supersedes: { id: 'use-1', reason: 'recount' } }), [used(), used(nextDay)]),
    refused('NOT_AUTHOR', "the correction of another party's record", step('second-life', 'recordUse', use({ useRecordId: 'use-3', supersedes: { id: 'use-1', reason: 'recount' } })), [used(), ...handed('pack', 'pack-1', 'oem', 'second-life')]),
    refused('RECORD_SUPERSEDED', 'a second correction of one record', used({ useRecordId: 'use-4', supersedes: { id: 'use-1', reason: 'again' } }), [used(), used({ useRecordId: 'use-3', supersedes: { id: 'use-1', reason: 'recount' } })]),
  ],
};

const PUBLIC_KEY = publicKeyMultibaseOf(SECRET_KEY);
const OTHER_PUBLIC_KEY = publicKeyMultibaseOf(OTHER_SECRET_KEY);
const loss = (valuePpm) => ({ valuePpm, sigmaPpm: 4000, interval90Ppm: [valuePpm - 6600, valuePpm + 6600] });
const subject = (change = {}) => ({
  packId: 'pack-1',
  designId: 'cell-60',
  chemistry: 'NMC811',
  cathodeClass: 'lithium-deficient',
  classProbabilitiesPpm: { 'lithium-deficient': 970000, cracked: 20000, 'surface-reconstructed': 10000, 'cracked-and-reconstructed': 0, depleted: 0 },
  lli: loss(150000),
  lamPe: loss(50000),
  lamNe: loss(40000),
  crackAreaRatio: loss(1100000),
  surfaceLayerRatio: null,
  capacity: { valueMah: 54000, sigmaMah: 200, interval90Mah: [53670, 54330] },
  soh: loss(900000),
  notIdentifiable: { surfaceLayerRatio: 'No spectrum was measured.' },
  method: { name: 'porous-electrode', version: '1.0.0' },
  measurementDigest: DIGEST,
  designDigest: DESIGN_DIGEST,
  measuredAt: '2031-02-01T00:00:00Z',
  ...change,
});
const credential = (change = {}, { secretKeyMultibase = SECRET_KEY, keyId = 'key-1', created = '2031-02-02T00:00:00Z', issuer = 'estimator', ...more } = {}) =>
  signCredential(
    {
      '@context': [CREDENTIALS_V2_CONTEXT],
      type: ['VerifiableCredential', 'CathodeStateAttestation'],
      issuer: partyUrn(issuer),
      ...more,
      credentialSubject: subject(change),
    },
    { secretKeyMultibase, created, verificationMethod: partyKeyUrn('estimator', keyId) },
  );
const attest = (signed = credential(), change = {}) =>
  step('estimator', 'submitAttestation', { attestationId: 'attestation-1', requestId: 'request-1', credential: signed, ...change });
const request = (change = {}) => ({ requestId: 'request-1', packId: 'pack-1', purpose: 'sorting', expiresAt: '2031-04-01T00:00:00Z', ...change });
const asked = (change, as = 'oem', more = {}) => step(as, 'requestEstimate', request(change), more);
const key = (keyId, publicKeyMultibase, validFrom) => step('estimator', 'addPartyKey', { keyId, publicKeyMultibase, validFrom });
const accredited = (change = {}) =>
  step('regulator', 'accreditEstimator', {
    accreditationId: 'accreditation-1',
    estimatorId: 'estimator',
    chemistries: ['NMC811'],
    methodNames: ['porous-electrode'],
    validFrom: '2030-01-01T00:00:00Z',
    validUntil: '2032-01-01T00:00:00Z',
    ...change,
  });
const ready = [...inService, key('key-1', PUBLIC_KEY, '2030-01-01T00:00:00Z'), accredited()];
const tampered = { ...credential(), credentialSubject: subject({ soh: loss(990000) }) };

const estimateFile = {
  comment: 'estimate requests and attestations',
  given: [...ready, asked()],
  vectors: [
    refused('NOT_HOLDER', 'a request by a stranger to the pack', asked({ requestId: 'request-2' }, 'recycler')),
    refused('ROLE_MISSING', 'a request by a supplier', asked({ requestId: 'request-2' }, 'supplier')),
    refused('RECORD_NOT_FOUND', 'a request about no pack', asked({ requestId: 'request-2', packId: 'pack-9' })),
    refused('MODULE_NOT_FITTED', "a request about another pack's module", asked({ requestId: 'request-2', moduleId: 'pack-2-a' })),
    refused('PERIOD_INVALID', 'a request that has ended', asked({ requestId: 'request-2', expiresAt: '2031-03-01T00:00:00Z' })),
    refused('PASSPORT_ENDED', 'a request about an ended pack', asked({ requestId: 'request-2' }), [ended('pack-1')]),
    refused('RECORD_EXISTS', 'a request that is there', asked()),
    refused('NOT_AUTHOR', "withdrawing another party's request", step('regulator', 'withdrawEstimateRequest', { requestId: 'request-1' })),
    refused('REQUEST_CLOSED', 'withdrawing a request twice', step('oem', 'withdrawEstimateRequest', { requestId: 'request-1' }), [step('oem', 'withdrawEstimateRequest', { requestId: 'request-1' })]),
    refused('ILLEGAL_TRANSITION', 'expiring a request that stands', step('estimator', 'expireEstimateRequest', { requestId: 'request-1' })),
    refused('REQUEST_CLOSED', 'expiring a request twice', step('estimator', 'expireEstimateRequest', { requestId: 'request-1' }, { at: '2031-04-03T00:00:00Z' }), [step('estimator', 'expireEstimateRequest', { requestId: 'request-1' }, { at: '2031-04-02T00:00:00Z' })]),

    refused('ROLE_MISSING', 'an attestation by an OEM', { ...attest(), as: 'oem' }),
    refused('RECORD_NOT_FOUND', 'an answer to no request', attest(credential(), { requestId: 'request-9' })),
    refused('REQUEST_CLOSED', 'an answer to a withdrawn request', attest(), [step('oem', 'withdrawEstimateRequest', { requestId: 'request-1' })]),
    refused('REQUEST_CLOSED', 'an answer after the request has ended', { ...attest(), at: '2031-04-02T00:00:00Z' }),
    refused('ATTESTATION_EXISTS', 'an attestation that is there', attest(), [attest()]),
    refused('ATTESTATION_EXISTS', 'a second answer to one request', attest(credential({ measuredAt: '2031-02-01T12:00:00Z' }), { attestationId: 'attestation-2' }), [attest()]),
    refused('NOT_ISSUER', "another party's credential", attest(credential({}, { issuer: 'estimator-2' }))),
    refused('ATTESTATION_FOREIGN', "another pack's credential", attest(credential({ packId: 'pack-2' })), [second]),
    refused('ATTESTATION_FOREIGN', "a module's credential for a pack", attest(credential({ moduleId: 'pack-1-a' }))),
    refused('DESIGN_MISMATCH', 'an estimate with another design', attest(credential({ designId: 'cell-50' }))),
    refused('DESIGN_MISMATCH', 'an estimate with another design file', attest(credential({ designDigest: DIGEST }))),
    refused('DESIGN_MISMATCH', 'an estimate of another chemistry', attest(credential({ chemistry: 'LFP' }))),
    refused('ATTESTATION_SIGNATURE_INVALID', 'a credential changed after signing', attest(tampered)),
    refused('ATTESTATION_SIGNATURE_INVALID', 'a credential signed with another key', attest(credential({}, { secretKeyMultibase: OTHER_SECRET_KEY }))),
    refused('SCHEMA_VIOLATION', 'a credential without a proof', attest(without(credential(), 'proof'))),
    refused('ATTESTATION_KEY_INVALID', 'a key that the party does not have', attest(credential({}, { keyId: 'key-9' }))),
    refused('ATTESTATION_KEY_INVALID', 'a key that was not valid yet when it was measured', attest(credential({}, { keyId: 'key-2', secretKeyMultibase: OTHER_SECRET_KEY })), [key('key-2', OTHER_PUBLIC_KEY, '2031-02-01T12:00:00Z')]),
    refused('ATTESTATION_KEY_INVALID', 'a key that was revoked before the measurement', attest(), [step('estimator', 'revokePartyKey', { partyId: 'estimator', keyId: 'key-1', revokedAt: '2031-01-01T00:00:00Z', reason: 'lost' })]),
    refused('ATTESTATION_KEY_INVALID', 'a key that is revoked by now, whatever date it signs', attest(), [step('regulator', 'revokePartyKey', { partyId: 'estimator', keyId: 'key-1', revokedAt: '2031-02-20T00:00:00Z', reason: 'stolen' })]),
    refused('ESTIMATOR_NOT_ACCREDITED', 'a method that the accreditation does not cover', attest(credential({ method: { name: 'guess', version: '1' } }))),
    refused('ESTIMATOR_NOT_ACCREDITED', 'an accreditation that was withdrawn', attest(), [step('regulator', 'withdrawAccreditation', { accreditationId: 'accreditation-1', reason: 'audit failed' })]),
    refused('ESTIMATOR_NOT_ACCREDITED', 'a measurement before the accreditation', attest(), [
      step('regulator', 'withdrawAccreditation', { accreditationId: 'accreditation-1', reason: 'renewed' }),
      accredited({ accreditationId: 'accreditation-2', validFrom: '2031-02-10T00:00:00Z' }),
    ]),
    refused('TIME_IMPLAUSIBLE', 'a measurement of tomorrow', attest(credential({ measuredAt: '2031-03-02T00:00:00Z' }, { created: '2031-03-02T01:00:00Z' }))),
    refused('TIME_IMPLAUSIBLE', 'a signature before the measurement', attest(credential({}, { created: '2031-01-31T00:00:00Z' }))),
    refused('ATTESTATION_EXPIRED', 'a measurement of last year', attest(credential({ measuredAt: '2030-08-01T00:00:00Z' }, { created: '2030-08-02T00:00:00Z' }))),
    refused('ATTESTATION_EXPIRED', 'a credential that has ended by its own word', attest(credential({}, { validUntil: '2031-02-20T00:00:00Z' }))),
    refused('ATTESTATION_STALE', 'a measurement before a module was swapped', attest(), [swapOutIn2031('pack-1-a')]),
    refused('ATTESTATION_INCONSISTENT', 'probabilities that do not add up', attest(credential({ classProbabilitiesPpm: { ...subject().classProbabilitiesPpm, cracked: 30000 } }))),
    refused('ATTESTATION_INCONSISTENT', 'a class that is not the most probable', attest(credential({ cathodeClass: 'cracked' }))),
    refused('ATTESTATION_INCONSISTENT', 'a value outside its interval', attest(credential({ lli: { valuePpm: 10, sigmaPpm: 1, interval90Ppm: [11, 12] } }))),
    refused('ATTESTATION_INCONSISTENT', 'an unknown quantity without a reason', attest(credential({ notIdentifiable: {} }))),
    refused('ATTESTATION_INCONSISTENT', 'a known quantity with a reason for being unknown', attest(credential({ notIdentifiable: { surfaceLayerRatio: 'No spectrum.', soh: 'No capacity.' } }))),
    refused('PASSPORT_ENDED', 'an attestation of an ended pack', attest(), [ended('pack-1')]),
    refused('ATTESTATION_FOREIGN', "the correction of another request's answer", attest(credential({ measuredAt: '2031-02-03T00:00:00Z' }, { created: '2031-02-04T00:00:00Z' }), { attestationId: 'attestation-3', requestId: 'request-2', supersedes: { id: 'attestation-1', reason: 'mixed up' } }), [
      attest(),
      asked({ requestId: 'request-2' }),
      attest(credential(), { attestationId: 'attestation-2', requestId: 'request-2' }),
    ]),
    refused('ILLEGAL_TRANSITION', 'the correction of an answer that is not there', attest(credential(), { supersedes: { id: 'attestation-9', reason: 'mixed up' } })),
  ],
};

function swapOutIn2031(moduleId) {
  return step('oem', 'recordRepair', repair('pack-1', { removed: [{ moduleId }], performedAt: '2031-02-15T00:00:00Z' }));
}

const rules = (...list) => ({ policyId: 'mine', version: 1, note: 'The limits are our own.', rules: list });
const rest = { ruleId: 'rest', when: {}, route: 'reject' };
const publish = (command, as = 'recycler') => step(as, 'publishSortingPolicy', command);
const bySoh = publish({ ...rules({ ruleId: 'healthy', when: { sohMinPpm: 800000 }, route: 'reuse' }, rest) });
const moduleSort = (...list) => step('recycler', 'sortModules', { packId: 'pack-1', policyRecordId: 'one-v1', modules: list });
const returned = [asked(), attest(), collected('pack-1', { collectedAt: '2031-02-10T00:00:00Z' })];

const sortingFile = {
  comment: 'sorting',
  given: [...ready, ...returned, oneRoute('one', 'hydrometallurgy'), bySoh],
  vectors: [
    refused('POLICY_INVALID', 'a policy that leaves cases open', publish({ ...rules({ ruleId: 'a', when: { sohMinPpm: 1 }, route: 'reuse' }), policyId: 'p' })),
    refused('POLICY_INVALID', 'a rule that can never apply', publish({ ...rules({ ...rest, ruleId: 'first' }, rest), policyId: 'p' })),
    refused('POLICY_INVALID', 'a rule named twice', publish({ ...rules({ ruleId: 'rest', when: { sohMinPpm: 1 }, route: 'reuse' }, rest), policyId: 'p' })),
    refused('POLICY_INVALID', 'limits the wrong way round', publish({ ...rules({ ruleId: 'a', when: { sohMinPpm: 2, sohMaxPpm: 1 }, route: 'reuse' }, rest), policyId: 'p' })),
    refused('POLICY_INVALID', 'direct recycling without a method', publish({ ...rules({ ruleId: 'a', when: { sohMinPpm: 1 }, route: 'direct-recycling' }, rest), policyId: 'p' })),
    refused('POLICY_INVALID', 'a method for a route that has none', publish({ ...rules({ ruleId: 'a', when: { sohMinPpm: 1 }, route: 'reuse', method: 'upcycling' }, rest), policyId: 'p' })),
    refused('POLICY_VERSION_INVALID', 'a version after one that is not there', publish({ ...rules(rest), version: 3 })),
    refused('POLICY_VERSION_INVALID', "the next version of another party's policy", publish({ ...rules(rest), version: 2 }, 'collector')),
    refused('RECORD_EXISTS', 'a version that is there', publish(rules(rest))),
    refused('ROLE_MISSING', 'a policy by an OEM', publish(rules(rest), 'oem')),
    refused('NOT_AUTHOR', "retiring another party's policy", step('collector', 'retireSortingPolicy', { policyRecordId: 'mine-v1', reason: 'too lax' })),
    refused('ILLEGAL_TRANSITION', 'retiring a policy twice', step('recycler', 'retireSortingPolicy', { policyRecordId: 'mine-v1', reason: 'too lax' }), [step('recycler', 'retireSortingPolicy', { policyRecordId: 'mine-v1', reason: 'too lax' })]),

    refused('POLICY_RETIRED', 'sorting by a retired policy', sorted('pack-1', 'mine-v1'), [step('recycler', 'retireSortingPolicy', { policyRecordId: 'mine-v1', reason: 'too lax' })]),
    refused('RECORD_NOT_FOUND', 'sorting by no policy', sorted('pack-1', 'mine-v9')),
    refused('NOT_HOLDER', "sorting another party's pack", step('collector', 'sortPack', { decisionId: 'decision-1', packId: 'pack-1', policyRecordId: 'mine-v1' })),
    refused('ROLE_MISSING', 'sorting by an OEM', step('oem', 'sortPack', { decisionId: 'decision-1', packId: 'pack-1', policyRecordId: 'mine-v1' })),
    refused('SCHEMA_VIOLATION', 'a route that is typed in', sorted('pack-1', 'mine-v1', { route: 'reuse' })),
    refused('ALREADY_SORTED', 'sorting a pack twice', sorted('pack-1', 'one-v1', { decisionId: 'decision-2' }), [sorted('pack-1', 'mine-v1')]),
    refused('ILLEGAL_TRANSITION', 'sorting a pack that was not collected', step('recycler', 'sortPack', { decisionId: 'decision-2', packId: 'pack-2', policyRecordId: 'mine-v1' }), [second, ...handed('pack', 'pack-2', 'oem', 'recycler')]),
    refused('ASSET_OFFERED', 'sorting a pack that is offered', sorted('pack-1', 'mine-v1'), [step('recycler', 'offerCustody', { offerId: 'offer-1', asset: { recordType: 'pack', id: 'pack-1' }, to: 'collector' })]),
    refused('ATTESTATION_FOREIGN', "sorting by another pack's attestation", step('recycler', 'sortPack', { decisionId: 'decision-2', packId: 'pack-2', policyRecordId: 'mine-v1', attestationId: 'attestation-1' }), [
      second,
      placed('pack-2'),
      collected('pack-2'),
    ]),
    refused('ATTESTATION_EXPIRED', 'sorting by an attestation of half a year ago', { ...sorted('pack-1', 'mine-v1', { attestationId: 'attestation-1' }), at: '2031-09-01T00:00:00Z' }),
    refused('ATTESTATION_STALE', 'sorting by an attestation from before a module left', sorted('pack-1', 'mine-v1', { attestationId: 'attestation-1' }), [
      step('recycler', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-a' }], performedAt: '2031-02-15T00:00:00Z' })),
    ]),
    refused('ATTESTATION_KEY_INVALID', 'sorting by an attestation whose key was revoked since', sorted('pack-1', 'mine-v1', { attestationId: 'attestation-1' }), [
      step('estimator', 'revokePartyKey', { partyId: 'estimator', keyId: 'key-1', revokedAt: '2031-02-20T00:00:00Z', reason: 'stolen' }),
    ]),
    refused('CORRECTION_CONFLICT', 'the correction of a decision that is not the present one', sorted('pack-1', 'one-v1', { decisionId: 'decision-2', supersedes: { id: 'decision-9', reason: 'wrong policy' } }), [sorted('pack-1', 'mine-v1')]),
    refused('RECORD_SUPERSEDED', 'acting on a decision whose estimate was corrected', step('oem', 'placePackOnMarket', { packId: 'pack-1', placedOnMarketAt: '2031-02-20T00:00:00Z' }), [
      sorted('pack-1', 'mine-v1'),
      ...handed('pack', 'pack-1', 'recycler', 'oem'),
      attest(credential({ soh: loss(700000) }), { attestationId: 'attestation-2', supersedes: { id: 'attestation-1', reason: 'The wrong cell was measured.' } }),
    ]),
    refused('RECORD_SUPERSEDED', 'sorting by a corrected attestation', sorted('pack-1', 'mine-v1', { attestationId: 'attestation-1' }), [
      attest(credential({ soh: loss(700000) }), { attestationId: 'attestation-2', supersedes: { id: 'attestation-1', reason: 'The wrong cell was measured.' } }),
    ]),
    refused('ALREADY_SORTED', 'sorting a module twice in one command', moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a' }, { decisionId: 'd-2', moduleId: 'pack-1-a' })),
    refused('ALREADY_SORTED', 'sorting a module twice', moduleSort({ decisionId: 'd-2', moduleId: 'pack-1-a' }), [moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a' })]),
    refused('MODULE_NOT_FITTED', "sorting another pack's module", moduleSort({ decisionId: 'd-1', moduleId: 'pack-2-a' })),
    refused('ALREADY_SORTED', 'sorting modules of a sorted pack', moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a' }), [sorted('pack-1', 'mine-v1')]),
    refused('PASSPORT_ENDED', 'sorting a pack that was taken apart', sorted('pack-1', 'mine-v1'), [moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a' }, { decisionId: 'd-2', moduleId: 'pack-1-b' })]),
    refused('CORRECTION_CONFLICT', 'the correction of a module decision that is not there', moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a', supersedes: { id: 'd-0', reason: 'wrong policy' } })),
    refused('MODULE_NOT_FREE', 'fitting a module that is routed to recycling', step('recycler', 'recordRepair', repair('pack-1', { removed: [{ moduleId: 'pack-1-b' }], fittedModuleIds: ['pack-1-a'], performedAt: '2031-02-20T00:00:00Z' })), [moduleSort({ decisionId: 'd-1', moduleId: 'pack-1-a' })]),
  ],
};

const files = { design: designFile, pack: packFile, use: useFile, estimate: estimateFile, sorting: sortingFile };
for (const [name, { comment, given, vectors }] of Object.entries(files)) {
  const lines = (list) => list.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  const text = `{\n  "comment": ${JSON.stringify(comment)},\n  "given": [\n${lines(given)}\n  ],\n  "vectors": [\n${lines(vectors)}\n  ]\n}\n`;
  writeFileSync(new URL(`${name}.json`, import.meta.url), text.replace('"given": [\n\n  ]', '"given": []'));
}
