import { basename } from 'node:path';
import type { PairsPage } from '../../core/panels/pairs-page';
import { isLive } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { runTitle } from '../../core/runs/run-words';
import { exists } from '../files/paths';
import { readRun } from '../runs/run-store';
import { savedPolicies } from '../runs/saved-policies';
import type { Feed, Send } from './feed';
import { goneRun } from './gone-run';

/** Tells the pair inspector which policies of a run there are. What they make of pairs it asks the trainer's program. */
export class PairsFeed implements Feed {
  #sent = '';

  constructor(
    private readonly folder: string,
    private readonly send: Send,
  ) {}

  async refresh(): Promise<void> {
    const page = (await exists(this.folder)) ? await this.#page() : goneRun(this.folder);
    const text = JSON.stringify(page);
    if (text === this.#sent) return;
    this.#sent = text;
    this.send({ kind: 'page', page });
  }

  async #page(): Promise<PairsPage> {
    const run = await readRun(this.folder, basename(this.folder));
    const saved = await savedPolicies(this.folder);
    return {
      kind: 'pairs',
      id: run.id,
      folder: run.folder,
      title: `${runTitle(run)}, pairs`,
      state: run.state,
      checkpoints: [0, ...saved.map(({ step }) => step)],
      words: saved.length > 0 ? '' : whyNone(run),
    };
  }
}

function whyNone({ run, state }: RunRecord): string {
  const training = run?.config.training;
  const every = (training as { save_every?: unknown } | undefined)?.save_every;
  if (isLive(state)) {
    const when = typeof every === 'number' ? ` The first comes at step ${every} (training.save_every).` : '';
    return `This run has no checkpoint yet.${when}`;
  }
  return 'No checkpoint yet. Resume the run, or let another run save more often (training.save_every).';
}
