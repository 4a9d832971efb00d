import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Config } from '../core/config/config';
import { type MetricName, RUN_FILES } from '../core/runs/format';
import { processMemory } from '../node/processes/process-memory';
import { Checkpoints } from './checkpoint';
import { Evaluator } from './evaluation';
import { saveModel } from './models/save-model';
import { startParameters } from './models/start-parameters';
import { type PairScore, pairMetrics, sftLoss } from './pair-metrics';
import type { Prepared } from './prepare';
import type { ReferencedPair } from './referenced-pair';
import type { RunLog } from './run-log';
import type { TrainingState } from './runtime/optimizer';
import { type StepResult, TrainingRuntime } from './runtime/training-runtime';
import { type Requests, Stopped } from './stop';
import { TrainingError } from './training-error';

/**
 * Trains a run from its first step, or from a checkpoint, to its end or to where a stop is asked for. A checkpoint is
 * written when everything about its step has been logged, so that a resumed run repeats no line and leaves none out.
 *
 * @param resumeFrom step of the checkpoint to go on from
 */
export async function train(
  prepared: Prepared,
  folder: string,
  resumeFrom: number | undefined,
  log: RunLog,
  requests: Requests,
): Promise<void> {
  const { config, policy, tuning, objective, device, schedule } = prepared;
  const { totalSteps } = schedule;
  const checkpoints = new Checkpoints(folder, prepared.fingerprint, config['training.keep_checkpoints']);
  const microBatch = config['training.micro_batch_size'];
  const { endToken } = policy.tokenizer;
  const trainer = new TrainingRuntime(policy.model, tuning, objective, device, endToken, microBatch);
  const evaluator = new Evaluator(prepared, () => requests.check());
  let saved = resumeFrom ?? 0;

  const save = async (step: number, evaluationDue = false): Promise<void> => {
    if (step === saved) return;
    log.sync();
    await checkpoints.write({ step, state: trainer.state, evaluationDue }, () => requests.requireLease());
    saved = step;
    log.say({ kind: 'checkpoint', step });
  };
  const evaluate = async (step: number): Promise<void> => {
    log.say({ kind: 'phase', phase: 'evaluating' });
    const { values, samples } = await evaluator.evaluate(trainer.state.parameters).catch(async (error) => {
      // An evaluation can take minutes, which somebody who stops a run does not want to wait for.
      if (error instanceof Stopped && step > 0) await save(step, true);
      throw error;
    });
    if (Object.keys(values).length > 0) log.metrics('eval', step, values);
    if (samples.length > 0) log.say({ kind: 'samples', step, samples });
    log.say({ kind: 'phase', phase: 'training' });
  };

  try {
    if (resumeFrom === undefined) {
      trainer.state = freshState(await startParameters(policy.model, tuning, config['training.seed']));
      await evaluate(0);
    } else {
      const { state, evaluationDue } = await checkpoints.read(resumeFrom);
      trainer.state = state;
      log.say({ kind: 'resumed', step: resumeFrom });
      if (evaluationDue) await evaluate(resumeFrom);
      else log.say({ kind: 'phase', phase: 'training' });
    }
    for (let step = (resumeFrom ?? 0) + 1; step <= totalSteps; step++) {
      // Signals are delivered while nothing runs.
      await setImmediate();
      const request = requests.next();
      if (request) await save(step - 1);
      if (request === 'stop') throw new Stopped();
      const pairs = schedule.pairsOf(step).flatMap((index) => prepared.train[index] ?? []);
      const learningRate = schedule.learningRate(step);
      const started = performance.now();
      const result = await trainer.step(pairs, {
        step,
        learningRate,
        weightDecay: config['training.weight_decay'],
        maxGradNorm: config['training.max_grad_norm'],
      });
      const seconds = (performance.now() - started) / 1000;
      const diverged = !(Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm));
      if (diverged || step === 1 || step === totalSteps || step % config['training.log_every'] === 0) {
        log.metrics('train', step, {
          ...stepMetrics(result, pairs, prepared),
          learning_rate: learningRate,
          tokens_per_second: result.tokens / seconds,
          memory: processMemory(),
          epoch: schedule.epochAfter(step),
        });
      }
      if (diverged) throw divergence(step, result, saved, config);
      if (step % config['training.eval_every'] === 0 || step === totalSteps) await evaluate(step);
      if (step % config['training.save_every'] === 0 || step === totalSteps) await save(step);
    }
    log.say({ kind: 'phase', phase: 'saving' });
    requests.requireLease();
    await saveModel(join(folder, RUN_FILES.model), {
      base: policy.model,
      tuning,
      parameters: trainer.state.parameters,
    });
    requests.requireLease();
    log.say({ kind: 'completed', step: totalSteps });
  } finally {
    await evaluator.close();
    await trainer.close();
  }
}

function freshState(parameters: Float32Array): TrainingState {
  return {
    parameters,
    firstMoments: new Float32Array(parameters.length),
    secondMoments: new Float32Array(parameters.length),
  };
}

function stepMetrics(
  { loss, gradientNorm, pairs: results }: StepResult,
  pairs: readonly ReferencedPair[],
  { objective }: Prepared,
): Partial<Record<MetricName, number>> {
  const scores = pairs.map(({ chosen, rejected, reference, referenceTokens }, index): PairScore => {
    const result = results[index];
    return {
      chosen: {
        policy: result?.logpChosen ?? Number.NaN,
        tokens: chosen.tokens.length - chosen.promptLength,
        reference: reference.chosen,
        referenceTokens: referenceTokens.chosen,
      },
      rejected: {
        policy: result?.logpRejected ?? Number.NaN,
        tokens: rejected.tokens.length - rejected.promptLength,
        reference: reference.rejected,
        referenceTokens: referenceTokens.rejected,
      },
    };
  });
  return {
    loss,
    ...pairMetrics(scores, objective),
    ...(objective.sftWeight > 0 && { sft_loss: sftLoss(scores) }),
    gradient_norm: gradientNorm,
  };
}

function divergence(step: number, result: StepResult, saved: number, config: Config): TrainingError {
  const what = Number.isFinite(result.loss) ? 'gradient' : 'loss';
  const rest =
    saved > 0
      ? `The weights of step ${saved} are kept in its checkpoint.`
      : 'No checkpoint was written before it.';
  return new TrainingError(
    `Training diverged: the ${what} of step ${step} is no finite number. Lower training.learning_rate (now ${config['training.learning_rate']}), lengthen training.warmup, or raise objective.beta, and start a new run. ${rest}`,
  );
}
