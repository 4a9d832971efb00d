import { parentPort } from 'node:worker_threads';
import type { FactsAnswer, FactsRequest } from './facts-client';
import { createFactsCaches, gatherFacts } from './gather-facts';

/** Runs in a worker thread, so that tokenizing does not hold up an editor. The caches live as long as the thread. */
const caches = createFactsCaches();

parentPort?.on('message', async ({ id, query }: FactsRequest) => {
  const facts = await gatherFacts(query, { caches });
  parentPort?.postMessage({ id, facts } satisfies FactsAnswer);
});
