import Type, { type Static } from 'typebox';
import { Identifier, Instant, Sha256Digest } from '../identifier.js';
import { ChargeMah, Count, DurationS, Ppm, TemperatureMk } from '../quantity.js';
import { commandSchema, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';

/** The most bins of one axis of a histogram. */
export const MAX_HISTOGRAM_BINS = 40;

const edges = <T extends Type.TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 2, maxItems: MAX_HISTOGRAM_BINS + 1, description });
const bins = <T extends Type.TSchema>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, maxItems: MAX_HISTOGRAM_BINS, description });

/** Joint time at state of charge × temperature; `durationS[i][j]` lies between state-of-charge edges i and temperature edges j. */
export const StateOfChargeTemperature = Type.Object(
  {
    socEdgesPpm: edges(Ppm, 'Edges of state of charge, ppm, ascending'),
    temperatureEdgesMk: edges(TemperatureMk, 'Edges of temperature, mK, ascending'),
    durationS: bins(
      bins(DurationS, 'Time per temperature bin, s'),
      'Time, s: a row per state-of-charge bin, a column per temperature bin',
    ),
  },
  { additionalProperties: false },
);

/** Discharges by their depth. */
export const DepthOfDischarge = Type.Object(
  {
    edgesPpm: edges(Ppm, 'Edges of depth of discharge, ppm, ascending'),
    counts: bins(Count, 'Discharges per bin'),
  },
  { additionalProperties: false },
);

/** Time at C-rate, of charge and discharge alike by magnitude; rests are the bin that begins at 0. */
export const CRate = Type.Object(
  {
    edgesMilliC: edges(
      Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'C-rate, thousandths' }),
      'Edges of C-rate, thousandths, ascending',
    ),
    durationS: bins(DurationS, 'Time per bin, s'),
  },
  { additionalProperties: false },
);

const useContent = {
  packId: Identifier,
  from: Instant,
  to: Instant,
  /** Charge into the pack within the period. */
  chargeThroughputMah: ChargeMah,
  /** Charge out of the pack within the period, driving and vehicle-to-grid together. */
  dischargeThroughputMah: ChargeMah,
  /** The part of it that went back to the grid. */
  vehicleToGridThroughputMah: ChargeMah,
  fastChargeCount: Count,
  /** The pack's own life-long counter of charge at the end of the period. */
  counterChargeThroughputMah: ChargeMah,
  stateOfChargeTemperatureS: StateOfChargeTemperature,
  depthOfDischargeCounts: DepthOfDischarge,
  cRateDurationS: CRate,
  /** Merkle root of the raw rows, which stay with whoever measured them. */
  rowsMerkleRoot: Sha256Digest,
  rowCount: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Count of raw rows' }),
};

/**
 * One period's summary of a pack's telematics. It has no text and no place: nothing in it tells who drove or where.
 * `counterStartMah` is the counter where the record before it ended.
 */
export const UseRecord = recordSchema('useRecord', {
  ...useContent,
  sequence: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Place among the periods' }),
  counterStartMah: ChargeMah,
});
export type UseRecord = Static<typeof UseRecord>;

export const useRecords = {
  useRecord: recordDefinition({
    schema: UseRecord,
    indexes: ['packId'],
    references: (use) => [
      { kind: 'use-of', recordType: 'pack', id: use.packId, lineage: false },
      ...(use.supersedes === undefined
        ? []
        : [{ kind: 'corrects', recordType: 'useRecord', id: use.supersedes.id, lineage: false }]),
    ],
  }),
};

export const useTransactions = {
  recordUse: transaction({
    contract: 'UseContract',
    kind: 'submit',
    roles: ['oem', 'second-life-operator'],
    description: "Records one period of a pack's use; periods follow one another and counters never run backwards.",
    command: commandSchema({ useRecordId: Identifier, ...useContent, supersedes: Type.Optional(Supersedes) }),
    result: UseRecord,
  }),
};
