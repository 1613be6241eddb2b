import { addMasses, fractionsOf, kg, massesOf, stepOutput } from './material-flow.js';
import type { StoryChemistry } from './stoichiometry.js';
import type { Story } from './story.js';
import { ALUMINIUM_FOIL_LOT } from './acts/materials.js';

/** Powder that ends in electrodes, and in offcuts; what is left is lost in the coater. */
const ELECTRODE_YIELD = 0.955;
const OFFCUT_FRACTION = 0.04;
/** Binder that stays in the electrode, and solvent that is driven off, per mass of powder. */
const BINDER_FRACTION = 0.02;
const SOLVENT_FRACTION = 0.4;

/** One run of the coating line. */
export interface CoatingRun {
  readonly stepId: string;
  readonly chemistry: StoryChemistry;
  readonly powderLotId: string;
  /** Cathode active material that the electrodes have to hold. */
  readonly activeMaterialMg: number;
  readonly aluminiumFoilMg: number;
  readonly electrodeLotId: string;
  readonly offcutLotId: string;
  readonly finishedDaysAgo: number;
  readonly carbonFactors: string;
}

/** The carmaker coats powder on aluminium foil; offcuts are manufacturing waste. */
export async function coatElectrodes({ calendar, person }: Story, run: CoatingRun): Promise<void> {
  const oem = person('oem');
  const powder = await oem.read('lot', run.powderLotId);
  const powderMg = Math.ceil(run.activeMaterialMg / ELECTRODE_YIELD);
  const perPowder = (massMg: number) => massMg / powder.remainingMassMg;
  const offcutActiveMg = Math.floor(powderMg * OFFCUT_FRACTION);
  const offcutFoilMg = Math.floor((run.aluminiumFoilMg * OFFCUT_FRACTION) / ELECTRODE_YIELD);
  const coated = (activeMg: number, foilMg: number) => {
    const part = perPowder(activeMg);
    const metals = fractionsOf(massesOf(powder.remaining), { Ni: part, Co: part, Mn: part, Li: part });
    return {
      elements: addMasses(metals, new Map([['Al', foilMg]])),
      massMg: activeMg + foilMg + Math.floor(activeMg * BINDER_FRACTION),
      chemistry: run.chemistry,
      activeMaterialMg: activeMg,
    };
  };
  await oem.submit('recordProcessStep', {
    stepId: run.stepId,
    kind: 'manufacturing',
    method: 'slot-die-coating',
    facility: { countryCode: 'JP', name: 'Aoi cell plant' },
    startedAt: calendar.daysAgo(run.finishedDaysAgo + 2),
    finishedAt: calendar.daysAgo(run.finishedDaysAgo),
    inputs: [
      { recordType: 'lot', id: run.powderLotId, massMg: powderMg },
      { recordType: 'lot', id: ALUMINIUM_FOIL_LOT, massMg: run.aluminiumFoilMg + offcutFoilMg },
    ],
    outputs: [
      stepOutput({
        lotId: run.electrodeLotId,
        material: 'cathode-electrode',
        ...coated(run.activeMaterialMg, run.aluminiumFoilMg),
      }),
      stepOutput({ lotId: run.offcutLotId, material: 'process-scrap', ...coated(offcutActiveMg, offcutFoilMg) }),
    ],
    reagents: [
      { name: 'pvdf', massMg: Math.ceil(powderMg * BINDER_FRACTION) },
      { name: 'nmp', massMg: Math.ceil(powderMg * SOLVENT_FRACTION) },
    ],
    // Drying the coating takes most of it; the figure is the story's own.
    energy: { electricityWh: Math.round(powderMg / kg(1)) * 9_000, heatWh: 0 },
    carbonFactors: run.carbonFactors,
  });
}
