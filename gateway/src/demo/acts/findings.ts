import { digestOf, type CommandOf, type SortingDecisionRecord } from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import type { CellTruth } from '../demo-files.js';
import { batchCommand, type Story } from '../story.js';
import { routed } from './sorting.js';

/** What the laboratory's methods resolve, one standard deviation, ppm. */
const LOSS_SIGMA_PPM = 5_000;
const RATIO_SIGMA_PPM = 50_000;

/** Act 10: the laboratory opens cells of the packs that were recycled and says what it found, beside what was estimated. */
export async function reportFindings(
  { calendar, files, person }: Story,
  decisions: readonly SortingDecisionRecord[],
  attestations: ReadonlyMap<string, string>,
): Promise<void> {
  const measuredAt = calendar.daysAgo(DAYS_AGO.opened);
  const findings = routed(decisions, ['direct-recycling', 'hydrometallurgy', 'reject']).flatMap((packId) => {
    const truth = files.truths.get(packId);
    const attestationId = attestations.get(packId);
    if (truth === undefined || attestationId === undefined) return [];
    return [batchCommand('recordFinding', findingOf(packId, truth, attestationId, measuredAt))];
  });
  if (findings.length > 0) await person('laboratory').batch(findings);
}

/** The virtual cells' true state, as a method of finite resolution reads it. */
function findingOf(
  packId: string,
  truth: CellTruth,
  attestationId: string,
  measuredAt: string,
): CommandOf<'recordFinding'> {
  const loss = (fraction: number) => ({ valuePpm: rounded(fraction, LOSS_SIGMA_PPM), sigmaPpm: LOSS_SIGMA_PPM });
  const ratio = (value: number) => ({ valuePpm: rounded(value, RATIO_SIGMA_PPM), sigmaPpm: RATIO_SIGMA_PPM });
  return {
    findingId: `FND-${packId}`,
    attestationId,
    cellSerials: [`${packId}-C0017`, `${packId}-C0911`, `${packId}-C2044`],
    measuredClass: truth.class,
    method: 'SEM cross-section, Rietveld XRD, half-cell discharge',
    quantities: {
      lli: loss(truth.lli),
      lamPe: loss(truth.lamPe),
      crackAreaRatio: ratio(truth.crackAreaRatio),
      surfaceLayerRatio: ratio(truth.surfaceLayerRatio),
    },
    measuredAt,
    documents: [
      {
        title: `Micrographs and diffractograms of ${packId}`,
        mediaType: 'application/zip',
        digest: digestOf({ report: 'Post-mortem', packId }),
      },
    ],
  };
}

function rounded(value: number, resolutionPpm: number): number {
  return Math.round((value * 1_000_000) / resolutionPpm) * resolutionPpm;
}
