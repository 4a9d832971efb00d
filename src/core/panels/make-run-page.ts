import { flattenConfig } from '../config/resolved';
import { type Alarm, standing } from '../runs/alarm';
import { isTrainedHere, type RunFile, type TrainerLine } from '../runs/format';
import { isLive } from '../runs/liveness';
import { armOf } from '../runs/read-files';
import type { RunRecord } from '../runs/run-snapshot';
import { isResumable } from '../runs/run-tree';
import { producerInShort, runTitle, stateSentence, whatNow } from '../runs/run-words';
import { decimal, whole } from '../words/numbers';
import type { Fact, RunAction, RunPage } from './run-page';
import { waysOut } from './ways-out';

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
    waysOut: waysOutOf(known),
    checkpoints: known.checkpoints,
    warnings: known.warnings,
    actions: actionsOf(known),
    ...(run?.configFile !== undefined && { config: run.configFile }),
    ...(sweep !== undefined && { sweep }),
  };
}

/** None without a config file, in which they would be written. */
function waysOutOf({ run, alarms }: RunDetails): NonNullable<RunPage['waysOut']> {
  if (run?.configFile === undefined) return {};
  const config = flattenConfig(run.config);
  return Object.fromEntries(standing(alarms).map((alarm) => [alarm.code, waysOut(alarm, config)]));
}

function actionsOf(known: RunDetails): RunAction[] {
  const live = isLive(known.state);
  const seen = { ...known, train: {}, eval: {} };
  return [
    ...(live ? (['stop'] as const) : []),
    ...(isResumable(seen) ? (['resume'] as const) : []),
    // Before that there is no policy to look at.
    ...(known.run && isTrainedHere(known.run) && hasPolicy(known) ? (['inspect'] as const) : []),
    ...(known.run?.configFile === undefined ? [] : (['showDifference'] as const)),
    'report',
    'showLog',
    'reveal',
    ...(live ? [] : (['delete'] as const)),
  ];
}

function hasPolicy({ state, checkpoints }: RunDetails): boolean {
  return state === 'completed' || checkpoints.length > 0;
}

function factsOf({ run, status, plan }: RunDetails): Fact[] {
  if (!run) return [];
  const { beta, seed } = armOf(run);
  return [
    ...(Number.isNaN(beta) ? [] : [{ label: 'beta', value: decimal(beta) }]),
    ...referenceInShort(run),
    ...(isTrainedHere(run) ? [] : [{ label: 'trainer', value: producerInShort(run.producer) }]),
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
    ...(Number.isNaN(seed) ? [] : [{ label: 'seed', value: String(seed) }]),
    ...(status ? [{ label: 'machine', value: status.host }] : []),
  ];
}

/** Nothing where it is not known what the reference is. */
function referenceInShort({ config }: RunFile): Fact[] {
  const { 'reference.policy': policy, 'reference.score': score } = flattenConfig(config);
  if (policy === undefined) return [];
  const name = policy === 'same' ? 'the starting policy' : policy.replace(/^.*[\\/]/, '');
  const value = score === 'prior' && policy !== 'none' ? `${name}, without prompt` : name;
  return [{ label: 'reference', value }];
}
