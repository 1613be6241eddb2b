import assert from 'node:assert/strict';
import type { LotMaterial, ProcessKind, StepInput, StepOutput } from '@battery-passport/schemas';
import { PROCESS_KINDS } from '@battery-passport/schemas';
import fc from 'fast-check';
import { elementMasses } from '../../src/account/element-account.js';
import { recycledShares } from '../../src/certificate/certificate-rules.js';
import { OUTPUTS_BY_KIND } from '../../src/process/process-kind.js';
import { computeStep, type StepStatement } from '../../src/process/process-rules.js';
import { accounts } from '../account/account-arbitrary.js';

const mass = (max: number) => fc.integer({ min: 1, max });

const input: fc.Arbitrary<StepInput> = fc
  .record({
    recordType: fc.constant('lot' as const),
    id: fc.constant('input'),
    account: accounts(),
    massMg: mass(50_000_000_000),
    activeShare: fc.nat({ max: 100 }),
    carbonG: fc.nat({ max: 10_000_000 }),
    wasteStatus: fc.constantFrom('none' as const, 'pre-consumer' as const, 'post-consumer' as const),
    basisShare: fc.nat({ max: 100 }),
  })
  .map(({ activeShare, basisShare, ...rest }) => {
    const activeMaterialMg = Math.floor((rest.massMg * activeShare) / 100);
    return {
      ...rest,
      chemistry: 'NMC622' as const,
      activeMaterialMg,
      basis: {
        activeMaterialMg: Math.floor((activeMaterialMg * basisShare) / 100),
        elements: [...elementMasses(rest.account)]
          .map(([element, massMg]) => ({ element, massMg: Math.floor((massMg * basisShare) / 100) }))
          .filter(({ massMg }) => massMg > 0),
      },
    };
  });

/** A step that stays within its balances: outputs share less than what goes in. */
const step: fc.Arbitrary<StepStatement> = fc
  .record({
    kind: fc.constantFrom(...PROCESS_KINDS),
    inputs: fc.array(input, { minLength: 1, maxLength: 4 }),
    shares: fc.array(fc.record({ mass: fc.integer({ min: 1, max: 100 }), element: fc.nat({ max: 100 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    material: fc.nat(),
    electricityWh: mass(1_000_000_000),
    heatWh: fc.nat({ max: 1_000_000_000 }),
    reagentMg: mass(1_000_000_000),
  })
  .map(({ kind, inputs, shares, material, electricityWh, heatWh, reagentMg }) => {
    const inMg = inputs.reduce((sum, { massMg }) => sum + massMg, 0);
    const activeMg = inputs.reduce((sum, { activeMaterialMg }) => sum + activeMaterialMg, 0);
    const elements = new Map<string, number>();
    for (const { account: held } of inputs) {
      for (const [element, massMg] of elementMasses(held)) {
        elements.set(element, (elements.get(element) ?? 0) + massMg);
      }
    }
    const outputs = shares.map((share, index): StepOutput => {
      const massMg = Math.max(1, Math.floor((inMg * share.mass) / 400));
      return {
        lotId: `output-${index}`,
        material: materialOf(kind, material + index),
        chemistry: 'NMC622',
        massMg,
        massUncertaintyMg: 0,
        composition: [...elements].slice(0, 4).map(([element, elementMg]) => ({
          element: element as StepOutput['composition'][number]['element'],
          ppm: Math.min(200_000, Math.floor((elementMg * share.element * 2500) / massMg)),
          uncertaintyPpm: 0,
        })),
        activeMaterialMg: Math.min(massMg, Math.floor((activeMg * share.mass) / 400)),
      };
    });
    return {
      kind,
      method: 'any',
      countryCode: 'US',
      inputs,
      outputs,
      takenUpMg: 0,
      energy: { electricityWh, heatWh },
      reagents: [{ name: 'sodium-hydroxide', massMg: reagentMg }],
      carbonFactors: 'everbatt-2023',
    };
  });

function materialOf(kind: ProcessKind, index: number): LotMaterial {
  const materials = [...OUTPUTS_BY_KIND[kind]];
  return materials[index % materials.length]!;
}

describe('computeStep, for any step within its balances', () => {
  it('leaves no milligram of an element unaccounted for', () => {
    fc.assert(
      fc.property(step, (statement) => {
        const { outputs, elementBalance } = computeStep(statement);
        for (const { element, inMg, creditedMg, lossMg } of elementBalance) {
          const made = outputs.reduce((sum, output) => sum + (elementMasses(output.account).get(element) ?? 0), 0);
          assert.equal(made, creditedMg);
          assert.equal(inMg, creditedMg + lossMg);
          assert.ok(lossMg >= 0);
        }
      }),
    );
  });

  it('gives the outputs all of its carbon and no more', () => {
    fc.assert(
      fc.property(step, (statement) => {
        const { outputs, carbonG, carbon } = computeStep(statement);
        assert.equal(
          outputs.reduce((sum, output) => sum + output.carbonG, 0),
          carbonG,
        );
        assert.ok(carbonG >= carbon.inputsG);
      }),
    );
  });

  it('hands on all that is asked to be recovered, but for waste that making leaves over', () => {
    fc.assert(
      fc.property(step, (statement) => {
        fc.pre(statement.outputs.every(({ material }) => material !== 'process-scrap'));
        const { outputs } = computeStep(statement);
        const active = (bases: readonly { readonly activeMaterialMg: number }[]) =>
          bases.reduce((sum, { activeMaterialMg }) => sum + activeMaterialMg, 0);
        assert.equal(active(outputs.map(({ basis }) => basis)), active(statement.inputs.map(({ basis }) => basis)));
        const asked = (bases: readonly StepInput['basis'][]) =>
          bases.flatMap(({ elements }) => elements).reduce((sum, { massMg }) => sum + massMg, 0);
        assert.equal(asked(outputs.map(({ basis }) => basis)), asked(statement.inputs.map(({ basis }) => basis)));
      }),
    );
  });

  it('makes no active material but by making it', () => {
    fc.assert(
      fc.property(step, (statement) => {
        const { outputs, activeMaterial } = computeStep(statement);
        const made = outputs.reduce((sum, output) => sum + output.activeMaterialMg, 0);
        assert.equal(made, activeMaterial.outMg);
        assert.equal(activeMaterial.lossMg, Math.max(0, activeMaterial.inMg - activeMaterial.outMg));
      }),
    );
  });

  it('makes shares of origins that add up to one, but for rounding', () => {
    fc.assert(
      fc.property(step, (statement) => {
        for (const { account: made } of computeStep(statement).outputs) {
          for (const share of recycledShares(made)) {
            const sum = share.preConsumerPpm + share.postConsumerPpm + share.declaredPpm + share.primaryPpm;
            assert.ok(sum <= 1_000_000 && sum > 999_996);
          }
        }
      }),
    );
  });

  it('depends on nothing but its arguments', () => {
    fc.assert(
      fc.property(step, (statement) => {
        assert.deepEqual(computeStep(structuredClone(statement)), computeStep(statement));
      }),
    );
  });
});
