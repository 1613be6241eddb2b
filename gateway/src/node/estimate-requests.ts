import type { OpenEstimateRequest } from '@battery-passport/estimator';
import type { StoredRecord } from '../read-model/answer.js';
import type { ReadModel } from '../read-model/read-model.js';
import { MAX_PAGE_SIZE } from '../graphql/limits.js';

/** Open estimate requests, those that wait first and then each as it is asked. */
export async function* openEstimateRequests(view: ReadModel, signal: AbortSignal): AsyncGenerator<OpenEstimateRequest> {
  // Listening begins before the list is read: a request that comes in between is seen twice and not missed.
  const changes = view.changes(signal);
  let after: string | undefined;
  do {
    const page = view.list(
      'estimateRequest',
      { first: MAX_PAGE_SIZE, ...(after === undefined ? {} : { after }) },
      { field: 'state', value: 'open' },
    );
    for (const { node } of page.items) yield toRequest(node);
    after = page.hasNextPage ? page.items.at(-1)?.cursor : undefined;
  } while (after !== undefined);
  for await (const { recordType, id } of changes) {
    if (recordType !== 'estimateRequest') continue;
    const record = view.record({ recordType, id });
    if (record?.['state'] === 'open') yield toRequest(record);
  }
}

function toRequest(record: StoredRecord): OpenEstimateRequest {
  const { packId, moduleId } = record as { packId?: unknown; moduleId?: unknown };
  return {
    requestId: record.id,
    packId: String(packId),
    ...(typeof moduleId === 'string' ? { moduleId } : {}),
  };
}
