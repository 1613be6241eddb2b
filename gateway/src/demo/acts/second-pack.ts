import { DAYS_AGO } from '../calendar.js';
import { cathodeMassMg, SECOND_PACK } from '../cast.js';
import { coatElectrodes } from '../electrodes.js';
import { kg } from '../material-flow.js';
import { handOver, custodyOfferId, lots, type Story } from '../story.js';
import type { CertifiedLot } from './certificates.js';
import { POWDER } from './cathode-powder.js';
import { NICKEL_LOT } from './materials.js';
import { cellDesign, packCommand } from './packs.js';

/** Powder that the second pack's electrodes take, with what the coater loses, and the part of it that is regenerated. */
const BLEND_KG = 104;
const REGENERATED_KG = 70;

/** The claim of the second pack. */
const CLAIM_ID = 'CLAIM-PK-0013';

/**
 * Act 12: regenerated powder is blended with virgin powder, coated, and built into a new pack, whose recycled content the contract
 * computes. Last, the nickel supplier has the price of years ago purged; its salted digest stays.
 */
export async function buildSecondPack(story: Story, accepted: CertifiedLot | undefined): Promise<void> {
  if (accepted !== undefined) await buildFrom(story, accepted);
  const supplier = story.person('supplier-nickel');
  const offerId = custodyOfferId(NICKEL_LOT, story.person('cathode-maker'));
  await supplier.submit('purgePrivateDetail', { recordType: 'custodyOffer', id: offerId });
}

async function buildFrom(story: Story, { lotId }: CertifiedLot): Promise<void> {
  const { calendar, files, person } = story;
  const maker = person('cathode-maker');
  const oem = person('oem');
  const { packId, model } = SECOND_PACK;
  const { remainingMassMg } = await maker.read('lot', lotId);
  const regeneratedMg = Math.min(kg(REGENERATED_KG), remainingMassMg);
  const blendLotId = 'BLEND-811-01';
  await maker.submit('blendLots', {
    lotId: blendLotId,
    material: 'cathode-powder',
    inputs: [
      { lotId, massMg: regeneratedMg },
      { lotId: POWDER.NMC811.lotId, massMg: kg(BLEND_KG) - regeneratedMg },
    ],
  });
  await handOver(maker, oem, lots(blendLotId), 'Powder with recycled content for Aoi');
  const electrodeLotId = 'ELEC-811-02';
  await coatElectrodes(story, {
    stepId: 'COAT-811-02',
    chemistry: 'NMC811',
    powderLotId: blendLotId,
    activeMaterialMg: cathodeMassMg(model, cellDesign(files.designs, model)),
    aluminiumFoilMg: kg(model.aluminiumFoilKg),
    electrodeLotId,
    offcutLotId: 'SCRAP-ELEC-811-02',
    finishedDaysAgo: DAYS_AGO.secondCoated,
    carbonFactors: 'grid-2023',
  });
  const { massMg } = await oem.read('lot', electrodeLotId);
  const manufacturedAt = calendar.daysAgo(DAYS_AGO.secondPackMade);
  await oem.submit('registerPack', packCommand(SECOND_PACK, manufacturedAt, { lotId: electrodeLotId, massMg }));
  await oem.submit('claimRecycledContent', {
    claimId: CLAIM_ID,
    packId,
    // The minimums of 2031, years before they bind: the rule asks for no less than what is in force.
    ruleSetId: 'eu-2023-1542-art8-2031',
  });
  await oem.submit('placePackOnMarket', { packId, placedOnMarketAt: calendar.daysAgo(DAYS_AGO.secondPackPlaced) });
}
