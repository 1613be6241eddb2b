import { certifyLots } from './acts/certificates.js';
import { makeCathodePowder } from './acts/cathode-powder.js';
import { foundConsortium } from './acts/consortium.js';
import { collectAndEstimate } from './acts/estimates.js';
import { reportFindings } from './acts/findings.js';
import { supplyMaterials } from './acts/materials.js';
import { buildPacks } from './acts/packs.js';
import { recyclePacks } from './acts/recycling.js';
import { giveSecondLife } from './acts/second-life.js';
import { buildSecondPack } from './acts/second-pack.js';
import { sortPacks } from './acts/sorting.js';
import { driveForYears } from './acts/years-of-use.js';
import { Calendar } from './calendar.js';
import { readDemoFiles } from './demo-files.js';
import type { DemoGateway } from './demo-gateway.js';
import { newStory } from './story.js';

/** Acts of the demonstration. */
const ACT_COUNT = 12;

/**
 * Tells the consortium's story on an empty ledger, from the mine to the second pack, as its people would: everything goes through
 * the gateway's public interface with their own tokens, and every route, grade and share is computed by the contracts.
 * @param now - The moment at which it is told; all dates lie before it.
 */
export async function runDemonstration(gateway: DemoGateway, now: Date): Promise<void> {
  const story = newStory(gateway, new Calendar(now), await readDemoFiles());
  let done = 0;
  const act = async <T>(title: string, tell: () => Promise<T>): Promise<T> => {
    gateway.progress(title, done, ACT_COUNT);
    const outcome = await tell();
    done += 1;
    return outcome;
  };
  await act('register the parties', () => foundConsortium(story));
  await act('mine, refine and sell materials', () => supplyMaterials(story));
  await act('make cathode powder', () => makeCathodePowder(story));
  await act('build twelve packs', () => buildPacks(story));
  await act('drive for five years', () => driveForYears(story));
  const attestations = await act('collect the packs and estimate their cathodes', () =>
    collectAndEstimate(story, (step) => gateway.progress(step, done, ACT_COUNT)),
  );
  const decisions = await act('sort the packs', () => sortPacks(story, attestations));
  await act('begin second lives', () => giveSecondLife(story, decisions));
  const regenerated = await act('recycle the others', () => recyclePacks(story, decisions));
  await act('report what was found after opening', () => reportFindings(story, decisions, attestations));
  const accepted = await act('assay and certify', () => certifyLots(story, regenerated));
  await act('build a pack with recycled content', () => buildSecondPack(story, accepted));
  gateway.progress('told', done, ACT_COUNT);
}
