import assert from 'node:assert/strict';
import { join } from 'node:path';
import { canonicalJson, type Measurement } from '@battery-passport/schemas';
import {
  estimateCathodeState,
  estimateDirectories,
  estimateOrRefuse,
  EstimatorError,
  QUANTITY_NAMES,
  type EstimatorErrorCode,
} from '../src/index.js';
import { designNamed, measurementOf, truths, VALIDATION_DIRECTORY } from './validation-cells.js';

/** Wider than any interval: a failure is a wrong answer, not an unlucky one. */
const SIGMAS = 5;
/** What the sigmas may leave out at the best sensors: the model's own error. */
const FLOOR = { lli: 0.005, lamPe: 0.01, lamNe: 0.005 } as const;

const oxides = Object.entries(truths).filter(
  ([, truth]) => truth.design !== 'Prada2013' && truth.sensorProfile !== 'poor',
);

describe('estimating virtual cells of layered oxides whose state is known', () => {
  for (const [packId, truth] of oxides) {
    it(`finds ${truth.class} in ${packId} (${truth.design}, ${truth.sensorProfile})`, () => {
      const estimate = estimateCathodeState(designNamed(truth.design), measurementOf(packId));
      assert.equal(estimate.cathodeClass, truth.class);
      assert.deepEqual(estimate.notIdentifiable, {});
      for (const name of ['lli', 'lamPe', 'lamNe'] as const) {
        const { value, sigma } = estimate[name]!;
        assert.ok(
          Math.abs(value - truth[name]) < FLOOR[name] + SIGMAS * sigma,
          `${name} ${value} ± ${sigma}, truth ${truth[name]}`,
        );
      }
      const nominal = designNamed(truth.design).nominalCapacityAh;
      assert.ok(Math.abs(estimate.capacityAh!.value - truth.capacityAh) / nominal < 0.015);
      assert.ok(Math.abs(estimate.sohFraction!.value - estimate.capacityAh!.value / nominal) < 1e-6);
      for (const name of ['crackAreaRatio', 'surfaceLayerRatio'] as const)
        assert.ok(Math.abs(Math.log(estimate[name]!.value / truth[name])) < 0.35, `${name} ${estimate[name]!.value}`);
    });
  }
});

describe('an estimate', () => {
  const [packId, truth] = oxides[0];
  const design = designNamed(truth.design);

  it('comes out byte for byte again', () => {
    const first = canonicalJson(estimateCathodeState(design, measurementOf(packId)));
    assert.equal(canonicalJson(estimateCathodeState(designNamed(truth.design), measurementOf(packId))), first);
  });

  it('has the keys that readers rely on, intervals around values, and probabilities that sum to one', () => {
    const estimate = estimateCathodeState(design, measurementOf(packId));
    assert.deepEqual(Object.keys(estimate), [
      'packId',
      'designId',
      'cathodeClass',
      'classProbabilities',
      ...QUANTITY_NAMES,
      'notIdentifiable',
    ]);
    for (const name of QUANTITY_NAMES) {
      const { value, sigma, interval90 } = estimate[name]!;
      assert.ok(sigma > 0 && interval90[0] < value && value < interval90[1]);
    }
    assert.equal(
      Object.values(estimate.classProbabilities).reduce((sum, value) => sum + value, 0),
      1,
    );
  });

  it('without spectra leaves the surface open, says why, and spreads the class over what is possible', () => {
    const cell = Object.entries(truths).find(
      ([, one]) => one.class === 'surface-reconstructed' && one.design === 'Mohtat2020',
    )!;
    const estimate = estimateCathodeState(designNamed(cell[1].design), { ...measurementOf(cell[0]), impedance: [] });
    assert.equal(estimate.crackAreaRatio, null);
    assert.equal(estimate.surfaceLayerRatio, null);
    assert.match(estimate.notIdentifiable.crackAreaRatio!, /no impedance spectrum/);
    assert.ok(estimate.lli !== null && estimate.capacityAh !== null);
    assert.ok(Math.max(...Object.values(estimate.classProbabilities)) < 1);
  });

  it('of a design without reference spectra says that there is nothing to compare with', () => {
    const estimate = estimateCathodeState({ ...design, referenceImpedance: [] }, measurementOf(packId));
    assert.match(estimate.notIdentifiable.surfaceLayerRatio!, /no reference spectra/);
    assert.ok(Math.abs(estimate.lli!.value - truth.lli) < 0.03);
  });

  it('knows less from one spectrum than from three', () => {
    const measurement = measurementOf(packId);
    const three = estimateCathodeState(design, measurement);
    const one = estimateCathodeState(design, { ...measurement, impedance: measurement.impedance.slice(1, 2) });
    assert.ok(one.surfaceLayerRatio!.sigma > three.surfaceLayerRatio!.sigma);
  });

  it('is honest about LFP, whose plateau hides the positive electrode', () => {
    const lfp = Object.entries(truths).filter(
      ([, one]) => one.design === 'Prada2013' && one.sensorProfile === 'vehicle',
    );
    assert.ok(lfp.length > 0);
    for (const [id, known] of lfp) {
      const { lamPe } = estimateCathodeState(designNamed('Prada2013'), measurementOf(id));
      assert.ok(lamPe === null || lamPe.sigma > 0.01, `${id}: sigma ${lamPe?.sigma}`);
      if (lamPe !== null) assert.ok(Math.abs(lamPe.value - known.lamPe) < 4 * lamPe.sigma, id);
    }
  });
});

describe('a measurement that cannot be trusted', () => {
  const [packId, truth] = oxides[0];
  const design = designNamed(truth.design);
  const other = oxides.find(([, one]) => one.design !== truth.design)![1].design;
  const spoilt = (spoil: (measurement: Measurement) => void): Measurement => {
    const measurement = measurementOf(packId);
    spoil(measurement);
    return measurement;
  };
  const cases: [string, EstimatorErrorCode, () => unknown][] = [
    ['null', 'MEASUREMENT_INVALID', () => null],
    ['an empty object', 'MEASUREMENT_INVALID', () => ({})],
    ['an unknown member', 'MEASUREMENT_INVALID', () => ({ ...measurementOf(packId), surprise: 1 })],
    ['a NaN', 'MEASUREMENT_INVALID', () => spoilt((m) => (m.charge.voltageV[70] = Number.NaN))],
    ['an infinity', 'MEASUREMENT_INVALID', () => spoilt((m) => (m.charge.currentA[70] = Number.POSITIVE_INFINITY))],
    ['a string for a number', 'MEASUREMENT_INVALID', () => spoilt((m) => (m.charge.voltageV[3] = '3.7' as never))],
    ['no samples', 'MEASUREMENT_INVALID', () => spoilt((m) => (m.charge.voltageV = []))],
    ['series of different lengths', 'MEASUREMENT_INVALID', () => spoilt((m) => m.charge.voltageV.pop())],
    [
      'a million samples',
      'MEASUREMENT_INVALID',
      () => spoilt((m) => (m.charge.elapsedS = Array.from({ length: 1_000_000 }, (_, i) => i))),
    ],
    [
      'time that stands still',
      'TIME_NOT_ASCENDING',
      () => spoilt((m) => (m.charge.elapsedS[9] = m.charge.elapsedS[8]!)),
    ],
    ['frequencies that fall', 'TIME_NOT_ASCENDING', () => spoilt((m) => m.impedance[0].frequencyHz.reverse())],
    [
      'an impedance of zero',
      'MEASUREMENT_INVALID',
      () =>
        spoilt((m) => {
          m.impedance[0].realOhm[0] = 0;
          m.impedance[0].imagOhm[0] = 0;
        }),
    ],
    ['the name of another design', 'DESIGN_MISMATCH', () => spoilt((m) => (m.designId = other))],
    ['a voltage of 9 V', 'SENSOR_OUT_OF_RANGE', () => spoilt((m) => (m.charge.voltageV[80] = 9))],
    ['a temperature in Celsius', 'SENSOR_OUT_OF_RANGE', () => spoilt((m) => (m.charge.temperatureK[80] = 25))],
    ['a voltage that stands still', 'SENSOR_OUT_OF_RANGE', () => spoilt((m) => m.charge.voltageV.fill(3.7))],
    [
      'a current of swapped sign',
      'CURRENT_REVERSED',
      () => spoilt((m) => (m.charge.currentA = m.charge.currentA.map((current) => -current))),
    ],
    [
      'only its first fifth',
      'CHARGE_TOO_SHORT',
      () =>
        spoilt((m) => {
          for (const key of ['elapsedS', 'currentA', 'voltageV', 'temperatureK'] as const)
            m.charge[key] = m.charge[key].slice(0, 90);
        }),
    ],
    ['rest only', 'CHARGE_TOO_SHORT', () => spoilt((m) => m.charge.currentA.fill(0))],
  ];
  for (const [what, code, make] of cases) {
    it(`is refused for ${what} with ${code}`, () => {
      const result = estimateOrRefuse(design, make(), packId);
      assert.ok('error' in result, 'expected a refusal');
      assert.equal(result.error.code, code);
    });
  }

  it('is refused when its voltages are of another design under this name', () => {
    const stranger = oxides.find(([, one]) => one.design === other)![0];
    const result = estimateOrRefuse(design, { ...measurementOf(stranger), designId: truth.design }, stranger);
    assert.ok('error' in result, 'expected a refusal');
    assert.ok(['DESIGN_MISMATCH', 'SENSOR_OUT_OF_RANGE', 'FIT_FAILED', 'CHARGE_TOO_SHORT'].includes(result.error.code));
  });

  it('is refused with a design that is not one', () => {
    assert.throws(
      () => estimateCathodeState({ ...design, voltageMaxV: 1 }, measurementOf(packId)),
      (error) => error instanceof EstimatorError && error.code === 'DESIGN_INVALID',
    );
  });
});

describe('directories of cells', () => {
  it('give one result for each measurement, in the order of the names', async () => {
    const found: string[] = [];
    for await (const result of estimateDirectories(
      join(VALIDATION_DIRECTORY, 'designs'),
      join(VALIDATION_DIRECTORY, 'cells'),
    )) {
      found.push(result.packId);
      if (found.length === 3) break;
    }
    assert.deepEqual(found, Object.keys(truths).sort().slice(0, 3));
  });

  it('that are not there are refused', async () => {
    await assert.rejects(
      estimateDirectories('/nowhere', '/nowhere').next(),
      (error) => error instanceof EstimatorError && error.code === 'DESIGN_INVALID',
    );
  });
});
