import type { z } from 'zod';
import { isConfigFile } from '../core/check/check';
import { resolveConfig } from '../core/config/resolved';
import { OWN_REFERENCE_GRID } from '../core/paper/paper';
import { isLive } from '../core/runs/liveness';
import { type Arm, sweepArms } from '../core/sweeps/arms';
import { gridAround } from '../core/sweeps/grid';
import { count } from '../core/words/counts';
import { duration } from '../core/words/numbers';
import { gatherFacts } from '../node/facts/gather-facts';
import { shownPath } from '../node/files/paths';
import { ConfigErrors, launch } from '../node/launch/launch';
import { resume } from '../node/launch/resume';
import { askRun } from '../node/runs/run-store';
import { earlierDuration, readConfig } from './configs';
import { type ActionContext, ActionError, runsOf } from './context';
import type { PLAN_SWEEP, RESUME, START, STOP } from './schemas';

/** What starts, stops and continues trainings. Without `confirm`, each only says what it would do. */

type In<S extends { input: z.ZodType }> = z.infer<S['input']>;
type Out<S extends { output: z.ZodType }> = z.infer<S['output']>;

export async function planSweep(
  { file, beta, seeds }: In<typeof PLAN_SWEEP>,
  context: ActionContext,
): Promise<Out<typeof PLAN_SWEEP>> {
  const { checked, path } = await readConfig(file, context, false);
  const config = resolveConfig(checked.experiment);
  const choice = { ...(beta && { beta }), ...(seeds && { seeds }) };
  const own = sweepArms(config, choice);
  const written = checked.experiment.get('objective.beta');
  const around = written.given ? gridAround(written.value) : [...OWN_REFERENCE_GRID];
  const arms: readonly Arm[] = own.length > 0 ? own : sweepArms(config, { ...choice, beta: around });
  const each = await earlierDuration(path, context);
  const betas = [...new Set(arms.map((arm) => arm.beta))].sort((a, b) => b - a);
  return {
    arms: [...arms],
    betas,
    seeds: new Set(arms.map((arm) => arm.seed)).size,
    why:
      own.length > 0
        ? beta
          ? 'These betas were asked for.'
          : "The config's own sweep."
        : written.given
          ? `Two steps up and two down from objective.beta ${written.value}.`
          : "The paper's betas for a reference that is the starting policy.",
    milliseconds: each === null ? null : each * arms.length,
  };
}

export async function start(input: In<typeof START>, context: ActionContext): Promise<Out<typeof START>> {
  const { file, beta, seeds, sweep, confirm } = input;
  const { checked, path } = await readConfig(file, context, true);
  const errors = checked.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new ActionError(
      `${file} has ${count(errors.length, 'error')}, so nothing can be started: ${errors[0]?.message ?? ''} The tool check lists them.`,
    );
  const isSweep = sweep || beta !== undefined || seeds !== undefined;
  const planned = isSweep ? await planSweep(input, context) : undefined;
  const config = resolveConfig(checked.experiment);
  const arms = planned?.arms ?? [{ beta: config['objective.beta'], seed: config['training.seed'] }];
  const each = await earlierDuration(path, context);
  const time =
    each === null
      ? 'no earlier run says how long it takes'
      : `about ${duration(each * arms.length)} by earlier runs`;
  const device = isConfigFile(path)
    ? `${config['backend.kind']} trainer, device ${config['backend.device']}`
    : checked.experiment.trainer.program;
  const plan = `${shownPath(path, context.folder)}: ${count(arms.length, 'run')}, beta ${[...new Set(arms.map((arm) => arm.beta))].join(', ')}, ${count(new Set(arms.map((arm) => arm.seed)).size, 'seed')}, ${device}, ${time}.`;
  if (!confirm) return { started: false, sweep: null, runs: [], plan, problem: null };
  try {
    const request = { configFile: path, dataFolder: context.dataFolder, ...(isSweep && { sweep: { arms } }) };
    const launched = await launch(request, context.programs, gatherFacts);
    return {
      started: true,
      sweep: launched.sweep,
      runs: [...launched.runs],
      plan,
      problem: launched.problem?.message ?? null,
    };
  } catch (error) {
    throw error instanceof ConfigErrors
      ? new ActionError(`${error.message} The tool check lists them.`)
      : error;
  }
}

export async function stop(
  { run, confirm }: In<typeof STOP>,
  context: ActionContext,
): Promise<Out<typeof STOP>> {
  const live = (await runsOf(run, context)).filter(({ state }) => isLive(state));
  if (live.length === 0)
    throw new ActionError(`Nothing of ${run} is in progress, so there is nothing to stop.`);
  const ids = live.map(({ id }) => id);
  if (!confirm) return { asked: [], words: `Would stop ${ids.join(', ')}, each with a checkpoint.` };
  for (const { folder, id } of live) await askRun(folder, id, 'stop');
  return {
    asked: ids,
    words: `${count(ids.length, 'run')} asked to stop after the step, with a checkpoint. The tool status says when.`,
  };
}

export async function resumeRuns(
  { run, confirm }: In<typeof RESUME>,
  context: ActionContext,
): Promise<Out<typeof RESUME>> {
  const open = (await runsOf(run, context)).filter(({ state }) => !isLive(state) && state !== 'completed');
  if (open.length === 0)
    throw new ActionError(`All of ${run} is completed or in progress, so there is nothing to resume.`);
  const ids = open.map(({ id }) => id);
  if (!confirm)
    return { resumed: [], words: `Would continue ${ids.join(', ')} from their last checkpoints.` };
  const { problem } = await resume(context.dataFolder, ids, context.programs);
  return {
    resumed: ids,
    words: problem ? problem.message : `${count(ids.length, 'run')} continued from the last checkpoint.`,
  };
}
