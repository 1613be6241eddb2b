import { parentPort } from 'node:worker_threads';
import { estimateOrRefuse } from '../estimate-directories.js';
import type { EstimateAnswer, EstimateTask } from './estimate-worker.js';

/** The other side of `EstimateWorker`: one estimate after another, so that fitting never blocks the server's loop. */
parentPort?.on('message', ({ id, design, measurement }: EstimateTask) => {
  let answer: EstimateAnswer;
  try {
    answer = { id, result: estimateOrRefuse(design, measurement, '') };
  } catch (error) {
    answer = { id, failure: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
