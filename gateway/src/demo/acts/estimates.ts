import { GatewayError } from '../../gateway-error.js';
import { DAYS_AGO } from '../calendar.js';
import { STORY_PACKS, type StoryPack } from '../cast.js';
import { batchCommand, type Person, type Story } from '../story.js';

/** Days that an estimate request stays open. */
const REQUEST_OPEN_DAYS = 30;

/**
 * Act 6: eleven packs are given back; the vehicles' last measurements go to the estimator service, which answers each request with
 * a signed attestation. The twelfth stays with the carmaker and is measured on its test bench.
 * @returns The attestation's identifier for each pack.
 */
export async function collectAndEstimate(
  story: Story,
  tell: (step: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const { gateway, calendar, person } = story;
  const collector = person('collector');
  const oem = person('oem');
  await collect(story, collector);
  const measuredAt = calendar.daysAgo(DAYS_AGO.measured);
  for (const { packId } of STORY_PACKS) {
    await gateway.putMeasurement(oem.subject, { ...measurementOf(story, packId), measuredAt });
  }
  await request(
    story,
    collector,
    STORY_PACKS.filter(({ returned }) => returned !== undefined),
  );
  await request(
    story,
    oem,
    STORY_PACKS.filter(({ returned }) => returned === undefined),
  );
  const attestations = new Map<string, string>();
  for (const { packId } of STORY_PACKS) {
    tell(`estimate the cathode of ${packId}`);
    attestations.set(packId, await gateway.waitForEstimate(collector.subject, requestId(packId)));
  }
  return attestations;
}

async function collect({ calendar }: Story, collector: Person): Promise<void> {
  const collectedAt = calendar.daysAgo(DAYS_AGO.collected);
  const commands = STORY_PACKS.flatMap(({ packId, returned }) =>
    returned === undefined
      ? []
      : [batchCommand('collectPack', { packId, countryCode: 'JP', ...returned, collectedAt })],
  );
  await collector.batch(commands);
}

async function request({ calendar }: Story, who: Person, wanted: readonly StoryPack[]): Promise<void> {
  const purpose = who.subject === 'collector' ? 'sorting' : 'use';
  const expiresAt = calendar.daysAgo(-REQUEST_OPEN_DAYS);
  await who.batch(
    wanted.map(({ packId }) =>
      batchCommand('requestEstimate', { requestId: requestId(packId), packId, purpose, expiresAt }),
    ),
  );
}

function measurementOf({ files }: Story, packId: string) {
  const measurement = files.measurements.get(packId);
  if (measurement === undefined) {
    throw new GatewayError({ code: 'INTERNAL', message: `the demonstration brings no measurement of ${packId}` });
  }
  return measurement;
}

function requestId(packId: string): string {
  return `RQ-${packId}`;
}
