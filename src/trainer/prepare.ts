import { createHash } from 'node:crypto';
import { check } from '../core/check/check';
import type { Config } from '../core/config/config';
import { memoryEstimate } from '../core/memory/memory';
import type { Phase, RunFile } from '../core/runs/format';
import type { Tuning } from '../engine/model/layout';
import { createMemo } from '../node/files/memo';
import { findModel } from '../node/models/models';
import { dayOf } from '../node/models/tokenizer';
import { loadPairs } from './data/load-pairs';
import { seenBy } from './data/seen-pairs';
import type { TokenizedPair } from './data/tokenize-pairs';
import {
  objectiveOf,
  openForeignReference,
  openPolicy,
  type TextModel,
  tuningOf,
} from './model-and-tokenizer';
import type { Place, Progress } from './models/place';
import type { RunObjective } from './pair-metrics';
import { obtainReference, type ReferenceTable } from './reference/obtain-reference';
import { scoresOn } from './reference/scorer';
import type { ReferencedPair } from './referenced-pair';
import type { RunLog } from './run-log';
import { chooseDevice } from './runtime/choose-device';
import type { Device } from './runtime/device';
import { makeSchedule, type Schedule } from './schedule';
import type { Requests } from './stop';

/** Everything that training reads, ready in memory or on disk. */
export interface Prepared {
  readonly config: Config;
  readonly policy: TextModel;
  /** The reference model; the starting policy where there is none, or where its numbers came with the data. */
  readonly baseline: TextModel;
  readonly tuning: Tuning;
  readonly objective: RunObjective;
  readonly device: Device;
  readonly train: readonly ReferencedPair[];
  /** Held-out pairs, none where nothing is held out. */
  readonly heldOut: readonly ReferencedPair[];
  /** Pairs after whose chosen responses the end-of-sequence token is watched. */
  readonly watched: readonly ReferencedPair[];
  readonly schedule: Schedule;
  /** Of everything that a checkpoint belongs to. */
  readonly fingerprint: string;
}

/** Training pairs watched for their end-of-sequence token where nothing is held out. */
const WATCHED = 64;

/** Milliseconds between two lines about the progress of a phase. */
const PROGRESS_EVERY = 300;

/** The fast profile keeps more of a step's intermediate values than the estimate counts. */
const FAST_PROFILE = 2;

/**
 * Opens the model, reads and tokenizes the pairs, and obtains the reference log-probabilities.
 *
 * @throws Stopped when a stop is asked for meanwhile; what was computed of the reference is kept
 */
export async function prepare(
  run: RunFile,
  config: Config,
  log: RunLog,
  requests: Requests,
): Promise<Prepared> {
  const place: Place = {
    baseFolder: run.baseFolder,
    dataFolder: run.dataFolder,
    env: process.env,
    date: config['data.date'] ?? dayOf(run.created),
  };
  const warn = (message: string): void => log.say({ kind: 'warning', message });
  const progressOf = (phase: Phase): Progress => tellProgress(phase, log, requests);

  const objective = objectiveOf(config);
  const loading = progressOf('loading');
  loading(0, 0);
  const policy = await openPolicy(config, place, loading);
  const tuning = tuningOf(config, policy.model);
  const foreign = await openForeignReference(config, place, loading);
  const { device, refused } = await chooseDevice(
    config['backend.device'],
    await memoryNeed(run, policy, place),
  );
  for (const reason of refused) warn(reason);

  const pairs = await loadPairs(config, place, progressOf('reading'));
  for (const warning of pairs.warnings) warn(warning);
  const tokenizing = progressOf('tokenizing');
  const train = await seenBy(policy, pairs.train, config, 'conditional', tokenizing);
  const heldOut = await seenBy(policy, pairs.eval, config, 'conditional', tokenizing);
  for (const warning of [...train.warnings, ...heldOut.warnings]) warn(warning);

  const reference = await obtainReference(
    {
      config,
      baseFolder: place.baseFolder,
      dataFolder: place.dataFolder,
      policy,
      foreign,
      pairs: [...pairs.train, ...pairs.eval],
      tokenized: [...train.pairs, ...heldOut.pairs],
      openScorer: scoresOn(device),
    },
    progressOf('reference'),
  );
  for (const warning of reference.warnings) warn(warning);
  // Without the prompt, or without a model, the reference tells nothing of how likely an end is after it.
  const knowsEnds = reference.key !== undefined && config['reference.score'] === 'conditional';
  const withReference = (tokenized: readonly TokenizedPair[]): ReferencedPair[] =>
    tokenized.flatMap((pair) => referenced(pair, reference.table, knowsEnds));
  const referencedTrain = withReference(train.pairs);
  const referencedHeldOut = withReference(heldOut.pairs);
  const schedule = makeSchedule(config, referencedTrain.length);
  log.say({
    kind: 'plan',
    totalSteps: schedule.totalSteps,
    pairs: referencedTrain.length,
    evalPairs: referencedHeldOut.length,
    device: device.words,
  });
  return {
    config,
    policy,
    baseline: foreign ?? policy,
    tuning,
    objective,
    device,
    train: referencedTrain,
    heldOut: referencedHeldOut,
    watched: referencedHeldOut.length > 0 ? referencedHeldOut : referencedTrain.slice(0, WATCHED),
    schedule,
    fingerprint: fingerprintOf(policy, tuning, referencedTrain),
  };
}

/** Tells how far a phase is, a few times a second at most, and obeys a request to stop. */
function tellProgress(phase: Phase, log: RunLog, requests: Requests): Progress {
  let told = 0;
  return (done, total) => {
    requests.check();
    const now = performance.now();
    if (done > 0 && done < total && now - told < PROGRESS_EVERY) return;
    told = now;
    log.say({ kind: 'phase', phase, ...(total > 0 && { done, total }) });
  };
}

/** Bytes that training takes in the fast profile; 0 where it cannot be told. */
async function memoryNeed(run: RunFile, { model }: TextModel, { baseFolder, env }: Place): Promise<number> {
  const policy = await findModel({ path: model.folder }, baseFolder, env, createMemo(1));
  const { experiment } = check(run.configText ?? '', run.configFile ?? '');
  return FAST_PROFILE * (memoryEstimate(experiment, { policy }).total ?? 0);
}

function referenced(
  { id, chosen, rejected }: TokenizedPair,
  table: ReferenceTable,
  knowsEnds: boolean,
): ReferencedPair[] {
  const score = table.get(id);
  if (!score) return [];
  return [
    {
      id,
      chosen,
      rejected,
      reference: { chosen: score.chosen, rejected: score.rejected },
      referenceTokens: { chosen: score.chosenTokens, rejected: score.rejectedTokens },
      ...(knowsEnds && { referenceEnd: score.chosenEos }),
    },
  ];
}

function fingerprintOf(policy: TextModel, tuning: Tuning, train: readonly ReferencedPair[]): string {
  const parts = [policy.model.identity, policy.tokenizer.identity, tuning, train.map(({ id }) => id)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
