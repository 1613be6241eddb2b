import { digestOf, type CommandOf, type ElementSymbol } from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import { kg, primaryAccount, stepOutput } from '../material-flow.js';
import { FORMULAS, massFraction } from '../stoichiometry.js';
import { custodyOfferId, handOver, lots, type Story } from '../story.js';

const ORE_LOT = 'ORE-NI-01';
/** Lots of this act that later ones use. */
export const NICKEL_LOT = 'NISO4-01';
export const COBALT_LOT = 'COSO4-01';
export const MANGANESE_LOT = 'MNSO4-01-R';
export const LITHIUM_LOT = 'LIOH-01';
export const RECYCLERS_LITHIUM_LOT = 'LIOH-01-R';
export const GRAPHITE_LOT = 'GRAPHITE-01';
export const COPPER_FOIL_LOT = 'CU-FOIL-01';
export const ALUMINIUM_FOIL_LOT = 'AL-FOIL-01';
export const ELECTROLYTE_LOT = 'ELYTE-01';

/** Nickel that the leach brings into solution. Assumed; laterite leaching under pressure reaches about that. */
const LEACH_RECOVERY = 0.92;
const ORE_KG = 42_000;
const ORE_NICKEL_PPM = 14_000;
const ORE_COBALT_PPM = 1_000;
const NICKEL_SULPHATE_KG = 2_420;
const LITHIUM_HYDROXIDE_KG = 700;
const RECYCLERS_LITHIUM_HYDROXIDE_KG = 130;

/** Lithium hexafluorophosphate in the electrolyte, fraction by mass. */
const ELECTROLYTE_SALT_FRACTION = 0.125;

/** Act 2: virgin lots from four countries, the nickel from its ore on; their custody goes to those who make something of them. */
export async function supplyMaterials(story: Story): Promise<void> {
  await refineNickel(story);
  await registerSalts(story);
  await registerCellMaterials(story);
  await sell(story);
}

/** Laterite is leached in Indonesia: the one virgin metal that the story follows from the mine on. */
async function refineNickel({ calendar, person }: Story): Promise<void> {
  const supplier = person('supplier-nickel');
  const nickelMg = (kg(ORE_KG) / 1_000_000) * ORE_NICKEL_PPM;
  const cobaltMg = (kg(ORE_KG) / 1_000_000) * ORE_COBALT_PPM;
  await supplier.submit('registerLot', {
    lotId: ORE_LOT,
    material: 'ore',
    massMg: kg(ORE_KG),
    account: primaryAccount(
      new Map([
        ['Ni', nickelMg],
        ['Co', cobaltMg],
      ]),
      'ID',
    ),
    carbonG: ORE_KG * 20,
    site: { countryCode: 'ID', name: 'Sulawesi laterite mine' },
    oreGradePpm: ORE_NICKEL_PPM,
    dueDiligence: dueDiligence(ORE_LOT),
  });
  const sulphateNickelMg = Math.floor(kg(NICKEL_SULPHATE_KG) * massFraction(FORMULAS.nickelSulphateHexahydrate, 'Ni'));
  await supplier.submit('recordProcessStep', {
    stepId: 'REFINE-NI-01',
    kind: 'refining',
    method: 'high-pressure-acid-leaching',
    facility: { countryCode: 'ID', name: 'Sulawesi refinery' },
    startedAt: calendar.daysAgo(DAYS_AGO.oreRefined + 6),
    finishedAt: calendar.daysAgo(DAYS_AGO.oreRefined),
    inputs: [{ recordType: 'lot', id: ORE_LOT, massMg: kg(ORE_KG) }],
    outputs: [
      stepOutput({
        lotId: NICKEL_LOT,
        material: 'refined-salt',
        massMg: kg(NICKEL_SULPHATE_KG),
        elements: new Map([['Ni', sulphateNickelMg]]),
      }),
      stepOutput({
        lotId: 'TAILINGS-NI-01',
        material: 'residue',
        massMg: kg(ORE_KG * 0.95),
        elements: new Map<ElementSymbol, number>([
          ['Ni', Math.floor(nickelMg * (1 - LEACH_RECOVERY))],
          ['Co', Math.floor(cobaltMg * 0.4)],
        ]),
      }),
    ],
    reagents: [{ name: 'sulphuric-acid', massMg: kg(12_000) }],
    // Chosen so that the salt comes out near GREET's 7.57 kg CO2e per kg of anhydrous nickel sulphate.
    energy: { electricityWh: 6_000_000, heatWh: 20_000_000 },
    carbonFactors: 'everbatt-2023',
  });
}

/** Salts whose mines the story names without going down them. */
async function registerSalts({ person }: Story): Promise<void> {
  await person('supplier-cobalt').submit('registerLot', {
    lotId: COBALT_LOT,
    material: 'refined-salt',
    massMg: kg(620),
    account: saltAccount(620, massFraction(FORMULAS.cobaltSulphateHeptahydrate, 'Co'), 'Co', 'CD', 'FI'),
    // GREET: 6.91 kg CO2e per kg anhydrous, which is 55.1 % of the heptahydrate.
    carbonG: Math.round(620 * 6_910 * 0.551),
    site: { countryCode: 'FI', name: 'Northern cobalt refinery' },
    price: { currency: 'USD', amountMinorPerKg: 690 },
    dueDiligence: dueDiligence(COBALT_LOT),
  });
  const manganese: CommandOf<'registerLot'> = {
    lotId: 'MNSO4-01',
    material: 'refined-salt',
    massMg: kg(480),
    account: saltAccount(480, massFraction(FORMULAS.manganeseSulphateMonohydrate, 'Mn'), 'Mn', 'ZA', 'CN'),
    carbonG: Math.round(480 * 870 * 0.893),
    site: { countryCode: 'ZA', name: 'Kalahari manganese mine' },
    dueDiligence: dueDiligence('MNSO4-01'),
  };
  const supplier = person('supplier-manganese');
  await supplier.submit('registerLot', manganese);
  await supplier.submit('registerLot', {
    ...manganese,
    lotId: MANGANESE_LOT,
    site: { countryCode: 'CN', name: 'Guangxi sulphate plant' },
    supersedes: { id: 'MNSO4-01', reason: 'The site named the mine; the salt was made at the plant in Guangxi.' },
  });
  const lithium = person('supplier-lithium');
  await lithium.submit('registerLot', {
    lotId: LITHIUM_LOT,
    material: 'refined-salt',
    massMg: kg(LITHIUM_HYDROXIDE_KG),
    account: saltAccount(
      LITHIUM_HYDROXIDE_KG,
      massFraction(FORMULAS.lithiumHydroxideMonohydrate, 'Li'),
      'Li',
      'CL',
      'CL',
    ),
    // GREET: 24.24 kg CO2e per kg of LiOH, which is 57.1 % of the monohydrate.
    carbonG: Math.round(LITHIUM_HYDROXIDE_KG * 24_240 * 0.571),
    site: { countryCode: 'CL', name: 'Atacama brine works' },
    dueDiligence: dueDiligence(LITHIUM_LOT),
  });
  await lithium.submit('splitLot', {
    lotId: LITHIUM_LOT,
    parts: [{ lotId: RECYCLERS_LITHIUM_LOT, massMg: kg(RECYCLERS_LITHIUM_HYDROXIDE_KG) }],
  });
}

async function registerCellMaterials({ person }: Story): Promise<void> {
  const supplier = person('supplier-foil');
  const site = { countryCode: 'CN', name: 'Ningbo works' };
  const one = async (
    lotId: string,
    material: 'anode-powder' | 'metal-foil',
    element: ElementSymbol,
    massKg: number,
    carbonGPerKg: number,
  ) =>
    await supplier.submit('registerLot', {
      lotId,
      material,
      massMg: kg(massKg),
      account: saltAccount(massKg, 1, element, 'CN', 'CN'),
      carbonG: massKg * carbonGPerKg,
      site,
    });
  // GREET: graphite 9.11, copper 4.49, aluminium 6.05 kg CO2e/kg.
  await one(GRAPHITE_LOT, 'anode-powder', 'C', 860, 9_110);
  await one(COPPER_FOIL_LOT, 'metal-foil', 'Cu', 460, 4_490);
  await one(ALUMINIUM_FOIL_LOT, 'metal-foil', 'Al', 260, 6_050);
  const electrolyteKg = 540;
  const saltMg = kg(electrolyteKg * ELECTROLYTE_SALT_FRACTION);
  const ofSalt = (element: ElementSymbol): [ElementSymbol, number] => [
    element,
    Math.floor(saltMg * massFraction(FORMULAS.lithiumHexafluorophosphate, element)),
  ];
  await supplier.submit('registerLot', {
    lotId: ELECTROLYTE_LOT,
    material: 'electrolyte',
    massMg: kg(electrolyteKg),
    account: primaryAccount(new Map([ofSalt('F'), ofSalt('Li'), ofSalt('P')]), 'CN', 'CN'),
    // No published value for the whole mixture was at hand; 7 kg CO2e/kg is this story's own.
    carbonG: electrolyteKg * 7_000,
    site,
  });
}

/** The salts go to the cathode maker, at prices between the two; what the cells need besides goes to the carmaker. */
async function sell({ person }: Story): Promise<void> {
  const maker = person('cathode-maker');
  const sales = [
    { subject: 'supplier-nickel', lotId: NICKEL_LOT, priceUsdPerKg: 3.9 },
    { subject: 'supplier-cobalt', lotId: COBALT_LOT, priceUsdPerKg: 6.9 },
    { subject: 'supplier-manganese', lotId: MANGANESE_LOT, priceUsdPerKg: 0.8 },
    { subject: 'supplier-lithium', lotId: LITHIUM_LOT, priceUsdPerKg: 11.2 },
  ];
  for (const { subject, lotId, priceUsdPerKg } of sales) {
    const supplier = person(subject);
    const offerId = custodyOfferId(lotId, maker);
    const terms = { incoterm: 'CIF Osaka', priceUsdPerKg };
    await supplier.submit(
      'offerCustody',
      { offerId, asset: { recordType: 'lot', id: lotId }, to: maker.partyId, consignment: `Salt for Yodo, ${lotId}` },
      { collection: 'oem-synthesis', detail: terms },
    );
    await maker.submit('acceptCustody', { offerId });
  }
  await handOver(person('supplier-lithium'), person('recycler'), lots(RECYCLERS_LITHIUM_LOT), 'Hydroxide for Meguri');
  await handOver(
    person('supplier-foil'),
    person('oem'),
    lots(GRAPHITE_LOT, COPPER_FOIL_LOT, ALUMINIUM_FOIL_LOT, ELECTROLYTE_LOT),
    'Cell materials for Aoi',
  );
}

function saltAccount(massKg: number, fraction: number, element: ElementSymbol, minedIn: string, refinedIn: string) {
  return primaryAccount(new Map([[element, Math.floor(kg(massKg) * fraction)]]), minedIn, refinedIn);
}

function dueDiligence(lotId: string) {
  const scheme = 'OECD Due Diligence Guidance for Responsible Supply Chains';
  return { scheme, digest: digestOf({ report: `Due diligence of lot ${lotId}`, scheme }) };
}
