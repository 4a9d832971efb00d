import { basename } from 'node:path';
import { type ActionContext, runOf } from '../actions/context';
import { runStatus } from '../actions/runs';
import { snapshot } from '../node/panels/snapshot';

/** Texts of one evaluation that a report quotes. */
const TEXTS = 6;

/** What the panel of a run shows, as text. */
export async function snapshotText(id: string, context: ActionContext): Promise<string> {
  const { folder } = await runOf(id, context);
  const [messages, { runs }] = await Promise.all([
    snapshot({ kind: 'run', folder }),
    runStatus({ run: basename(folder), limit: 1 }, context),
  ]);
  const evaluations = messages.flatMap((message) => (message.kind === 'texts' ? message.evaluations : []));
  const newest = evaluations.at(-1);
  const texts = (newest?.samples ?? []).slice(0, TEXTS);
  return JSON.stringify({ run: runs[0], step: newest?.step ?? null, texts }, null, 1);
}
