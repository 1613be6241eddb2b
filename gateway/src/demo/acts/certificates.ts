import type { CommandOf, GradeProperty } from '@battery-passport/schemas';
import { GatewayError } from '../../gateway-error.js';
import { DAYS_AGO } from '../calendar.js';
import type { RegeneratedLot } from '../direct-recycling.js';
import { assayResults, GRADES } from '../grades.js';
import { batchCommand, handOver, lots, type Story } from '../story.js';
import { POWDER } from './cathode-powder.js';

/** What becomes of a regenerated lot, and which one the story would like for it. */
const PARTS = {
  accepted: '811-RL',
  refused: '532-SC',
  revoked: '811-SA',
  contested: '532-RL',
} as const;
type Part = keyof typeof PARTS;

/** A lot with its certificate. */
export interface CertifiedLot {
  readonly lotId: string;
  readonly certificateId: string;
}

/**
 * Act 11: assays and certificates. One lot is accepted by its buyer; one misses the grade, is washed again and then meets it; one
 * certificate is revoked after the sale, and its lot cannot be used; one is contested on the buyer's own assay.
 * @returns The accepted lot, if any NMC811 was regenerated.
 */
export async function certifyLots(
  story: Story,
  regenerated: readonly RegeneratedLot[],
): Promise<CertifiedLot | undefined> {
  await story
    .person('cathode-maker')
    .batch(Object.values(GRADES).map((grade) => batchCommand('publishGradeSpecification', grade)));
  const parts = givenParts(regenerated);
  const { accepted, refused, revoked, contested } = parts;
  const sold = accepted === undefined ? undefined : await certifyAndSell(story, accepted);
  if (refused !== undefined) await refuseAndRework(story, refused);
  if (revoked !== undefined) await revokeAfterSale(story, revoked);
  if (contested !== undefined) await contestAfterSale(story, contested);
  return sold;
}

/** Gives each part the lot that it asks for, or else one that is left; what is to become a new pack has to be NMC811. */
function givenParts(regenerated: readonly RegeneratedLot[]): Partial<Record<Part, RegeneratedLot>> {
  const left = [...regenerated];
  const parts: Partial<Record<Part, RegeneratedLot>> = {};
  const take = (part: Part, fits: (lot: RegeneratedLot) => boolean) => {
    const index = parts[part] === undefined ? left.findIndex(fits) : -1;
    if (index >= 0) parts[part] = left.splice(index, 1)[0] as RegeneratedLot;
  };
  for (const part of Object.keys(PARTS) as Part[]) take(part, ({ mark }) => mark === PARTS[part]);
  for (const part of Object.keys(PARTS) as Part[]) {
    take(part, ({ chemistry }) => part !== 'accepted' || chemistry === 'NMC811');
  }
  return parts;
}

async function certifyAndSell(story: Story, lot: RegeneratedLot): Promise<CertifiedLot> {
  const { person } = story;
  const maker = person('cathode-maker');
  const certificateId = await certify(story, lot, { lotId: lot.lotId });
  await handOver(person('recycler'), maker, lots(lot.lotId), `Regenerated powder ${lot.mark} for Yodo`);
  const incomingAssayId = await assay(story, lot, { lotId: lot.lotId, purpose: 'incoming' });
  await maker.submit('acceptCertificate', { certificateId, incomingAssayId });
  return { lotId: lot.lotId, certificateId };
}

/** Too much aluminium: the certificate is refused, the lot is held, washed again, assayed again. */
async function refuseAndRework(story: Story, lot: RegeneratedLot): Promise<void> {
  const recycler = story.person('recycler');
  const { lotId } = lot;
  await certify(story, lot, { lotId, deviations: { 'aluminium-ppm': 780 } });
  await recycler.submit('holdLot', { lotId, reason: 'Aluminium 780 ppm, the grade allows 500 ppm.' });
  const newLotId = `${lotId}-W`;
  await recycler.submit('reworkLot', { lotId, newLotId, reason: 'Second alkaline wash against aluminium foil dust.' });
  await certify(story, lot, {
    lotId: newLotId,
    deviations: { 'aluminium-ppm': 310 },
    sampledDaysAgo: DAYS_AGO.reassayed,
  });
}

/** The retained sample shows a mix-up after the sale: the recycler revokes, and the buyer cannot blend the lot any more. */
async function revokeAfterSale(story: Story, lot: RegeneratedLot): Promise<void> {
  const { gateway, person } = story;
  const maker = person('cathode-maker');
  const { lotId } = lot;
  const certificateId = await certify(story, lot, { lotId });
  await handOver(person('recycler'), maker, lots(lotId), `Regenerated powder ${lot.mark} for Yodo`);
  await maker.submit('acceptCertificate', { certificateId });
  const reason = 'The retained sample is of another drum: part of the lot was never annealed.';
  await person('recycler').submit('revokeCertificate', { certificateId, reason });
  const code = await gateway.submitRefused(maker.subject, 'blendLots', {
    lotId: `BLEND-${lot.mark}`,
    material: 'cathode-powder',
    inputs: [
      { lotId, massMg: 1_000_000 },
      { lotId: POWDER[lot.chemistry].lotId, massMg: 1_000_000 },
    ],
  });
  if (code !== 'CERTIFICATE_REVOKED') {
    throw new GatewayError({ code: 'INTERNAL', message: `a revoked certificate was refused as ${code}` });
  }
  await maker.submit('downgradeLot', {
    lotId,
    material: 'extracted-cathode',
    reason: 'To be regenerated again: its certificate was revoked.',
  });
}

/** The buyer's assay finds more moisture than the grade allows; the certificate's credit rests until that is resolved. */
async function contestAfterSale(story: Story, lot: RegeneratedLot): Promise<void> {
  const { person } = story;
  const maker = person('cathode-maker');
  const { lotId } = lot;
  const certificateId = await certify(story, lot, { lotId });
  await handOver(person('recycler'), maker, lots(lotId), `Regenerated powder ${lot.mark} for Yodo`);
  const incomingAssayId = await assay(story, lot, {
    lotId,
    purpose: 'incoming',
    deviations: { 'moisture-ppm': 910 },
  });
  await maker.submit('contestCertificate', {
    certificateId,
    incomingAssayId,
    reason: 'Moisture is above the grade on arrival; two drums had torn liners.',
  });
}

interface Sampling {
  readonly lotId: string;
  readonly deviations?: Readonly<Partial<Record<GradeProperty, number>>>;
  readonly sampledDaysAgo?: number;
}

/** Has a lot assayed and asks for its certificate, which the contract computes; its identifier. */
async function certify(story: Story, { chemistry }: RegeneratedLot, sampling: Sampling): Promise<string> {
  const recycler = story.person('recycler');
  const assayId = await assay(story, { chemistry }, { ...sampling, purpose: 'certification' });
  const { specId, version } = GRADES[chemistry];
  const certificateId = `CERT-${sampling.lotId.replace('REGEN-', '')}`;
  await recycler.submit('issueCertificate', {
    certificateId,
    lotId: sampling.lotId,
    assayId,
    specRecordId: `${specId}-v${version}`,
    chainOfCustodyModel: 'segregated',
  });
  return certificateId;
}

/** The laboratory's assay; its replicates are confidential detail. */
async function assay(
  { calendar, person }: Story,
  { chemistry }: Pick<RegeneratedLot, 'chemistry'>,
  { lotId, deviations, sampledDaysAgo, purpose }: Sampling & Pick<CommandOf<'recordAssay'>, 'purpose'>,
): Promise<string> {
  const laboratory = person('laboratory');
  const results = assayResults(await laboratory.read('lot', lotId), chemistry, deviations);
  const assayId = `ASSAY-${lotId}-${purpose === 'incoming' ? 'IN' : 'OUT'}`;
  const daysAgo = sampledDaysAgo ?? (purpose === 'incoming' ? DAYS_AGO.incomingAssayed : DAYS_AGO.sampled);
  await laboratory.submit(
    'recordAssay',
    {
      assayId,
      lotId,
      sampledAt: calendar.daysAgo(daysAgo),
      measuredAt: calendar.daysAgo(daysAgo - 1),
      purpose,
      results,
    },
    {
      collection: 'laboratory',
      detail: { replicates: results.map(replicatesOf), instrument: 'ICP-OES 2, cell tester 5' },
    },
  );
  return assayId;
}

function replicatesOf({ property, value, uncertainty }: CommandOf<'recordAssay'>['results'][number]) {
  const spread = Math.ceil(uncertainty / 2);
  return { property, values: [value - spread, value, value + spread] };
}
