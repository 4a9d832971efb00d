import type { Alarm } from '../runs/alarm';
import type { RunFile, TrainerLine } from '../runs/format';
import { isLive } from '../runs/liveness';
import { armOf, isFields } from '../runs/read-files';
import type { RunRecord } from '../runs/run-snapshot';
import { isResumable } from '../runs/run-tree';
import { runTitle, stateSentence, whatNow } from '../runs/run-words';
import { decimal, whole } from '../words/numbers';
import type { Fact, RunAction, RunPage } from './run-page';

/** What is known of a run besides its numbers. */
export interface RunDetails extends RunRecord {
  readonly plan?: Extract<TrainerLine, { kind: 'plan' }> | undefined;
  readonly alarms: readonly Alarm[];
  readonly checkpoints: readonly number[];
  readonly warnings: readonly string[];
  /** Where it is an arm of several. */
  readonly sweep?: string | undefined;
}

export function runPageOf(known: RunDetails): RunPage {
  const { id, folder, state, run, status, sweep } = known;
  const seen = { ...known, train: {}, eval: {} };
  const { step = 0, totalSteps } = status ?? {};
  return {
    kind: 'run',
    id,
    folder,
    title: runTitle(seen),
    state,
    sentence: stateSentence(seen),
    next: whatNow(seen),
    beta: run ? armOf(run).beta : Number.NaN,
    step,
    ...(totalSteps !== undefined && { totalSteps }),
    facts: factsOf(known),
    alarms: known.alarms,
    checkpoints: known.checkpoints,
    warnings: known.warnings,
    actions: actionsOf(known),
    ...(sweep !== undefined && { sweep }),
  };
}

function actionsOf(known: RunDetails): RunAction[] {
  const live = isLive(known.state);
  const seen = { ...known, train: {}, eval: {} };
  return [
    ...(live ? (['stop'] as const) : []),
    ...(isResumable(seen) ? (['resume'] as const) : []),
    'inspect',
    'showLog',
    'reveal',
    ...(live ? [] : (['delete'] as const)),
  ];
}

function factsOf({ run, status, plan }: RunDetails): Fact[] {
  if (!run) return [];
  const { beta, seed } = armOf(run);
  return [
    { label: 'beta', value: decimal(beta) },
    { label: 'reference', value: referenceInShort(run) },
    ...(plan
      ? [
          {
            label: 'pairs',
            value: whole(plan.pairs),
            more: `${whole(plan.pairs)} to train on, ${whole(plan.evalPairs)} held out`,
          },
          { label: 'device', value: plan.device },
        ]
      : []),
    { label: 'seed', value: String(seed) },
    ...(status ? [{ label: 'machine', value: status.host }] : []),
  ];
}

function referenceInShort({ config }: RunFile): string {
  const reference = isFields(config.reference) ? config.reference : {};
  const policy = typeof reference.policy === 'string' ? reference.policy : 'same';
  if (policy === 'none') return 'none';
  const name = policy === 'same' ? 'the starting policy' : policy.replace(/^.*[\\/]/, '');
  return reference.score === 'prior' ? `${name}, without prompt` : name;
}
