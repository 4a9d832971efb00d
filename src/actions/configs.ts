import type { z } from 'zod';
import { type Checked, check, fixesOf, isConfigFile } from '../core/check/check';
import { describeExperiments } from '../core/check/describe-settings';
import { factQuery } from '../core/check/fact-query';
import { convert as convertExperiment } from '../core/config/convert/convert';
import { resolveConfig } from '../core/config/resolved';
import type { Facts } from '../core/facts';
import { memoryEstimate } from '../core/memory/memory';
import type { Problem, Severity } from '../core/problem';
import { ruleEntry } from '../core/rules/all';
import { meanDuration } from '../core/runs/time-left';
import { sweepArms } from '../core/sweeps/arms';
import { LineIndex } from '../core/words/text';
import { readingFacts } from '../node/configs/reading-facts';
import { gatherFacts } from '../node/facts/gather-facts';
import { shownPath } from '../node/files/paths';
import { readTextFile } from '../node/files/text-files';
import { DATA_FOLDER, workspaceOf } from '../node/runs/data-folder';
import { listRuns } from '../node/runs/run-store';
import { type ActionContext, ActionError, placeOf } from './context';
import type { CHECK, CONVERT, DESCRIBE, ESTIMATE, EXPLAIN } from './schemas';

/** What a config says, what is wrong with it, and what it would need. Nothing is started. */

type In<S extends { input: z.ZodType }> = z.infer<S['input']>;
type Out<S extends { output: z.ZodType }> = z.infer<S['output']>;

/**
 * A config with what its text alone decides, or with what this machine knows of its models and data, too.
 *
 * @throws ActionError for a file outside of the folder, FileError for one that cannot be read
 */
export async function readConfig(
  file: string,
  context: ActionContext,
  withFacts: boolean,
): Promise<{ checked: Checked; path: string }> {
  const path = await placeOf(file, context);
  const text = await readTextFile(path);
  const reading: Facts =
    isConfigFile(path) || !context.isTrusted ? {} : { reading: readingFacts(path, text) };
  const first = check(text, path, reading);
  if (!first.experiment.trainer || (!isConfigFile(path) && first.experiment.trainer.dialect === 'dpo-lab'))
    throw new ActionError(
      `${file} is no config of preference training that is known. Name a *.dpo.yaml, or a file of TRL, LLaMA-Factory, axolotl or another trainer.`,
    );
  if (!withFacts || !context.isTrusted) return { checked: first, path };
  const workspaceFolder = await workspaceOf(path, context.folder);
  const query = factQuery(first.experiment, { configFile: path, workspaceFolder, dataFolder: DATA_FOLDER });
  const facts = { ...(await gatherFacts(query)), ...reading };
  return { checked: check(text, path, facts), path };
}

export async function checkConfig(
  { file }: In<typeof CHECK>,
  context: ActionContext,
): Promise<Out<typeof CHECK>> {
  const { checked, path } = await readConfig(file, context, true);
  const lines = new LineIndex(checked.text);
  const count = (wanted: string) => checked.problems.filter(({ severity }) => severity === wanted).length;
  return {
    file: shownPath(path, context.folder),
    trainer: checked.experiment.trainer.program,
    errors: count('error'),
    warnings: count('warning'),
    problems: gravestFirst(checked.problems).map((problem) => ({
      code: problem.code,
      severity: problem.severity,
      line: lines.position(problem.range.start).line + 1,
      message: problem.message,
      fixes: fixesOf(checked, problem).map(({ title }) => title),
    })),
  };
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

function gravestFirst(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

export async function describeConfig(
  { file }: In<typeof DESCRIBE>,
  context: ActionContext,
): Promise<Out<typeof DESCRIBE>> {
  const { checked } = await readConfig(file, context, false);
  return {
    experiments: describeExperiments(checked).map(({ settings, ...rest }) => ({
      ...rest,
      settings: Object.fromEntries(Object.entries(settings).filter(([, { given }]) => given)),
    })),
  };
}

export async function explainCode({ code }: In<typeof EXPLAIN>): Promise<Out<typeof EXPLAIN>> {
  const entry = ruleEntry(code.toUpperCase());
  if (!entry)
    throw new ActionError(
      `There is no code ${code}. Codes look like BETA001, REF003 or RUN006; the resource dpo-lab://rules lists all.`,
    );
  const { title, severity, when, why, todo, evidence } = entry;
  return { code: entry.code, title, severity, when, why, todo, evidence: [...evidence] };
}

export async function estimateNeeds(
  { file }: In<typeof ESTIMATE>,
  context: ActionContext,
): Promise<Out<typeof ESTIMATE>> {
  const { checked, path } = await readConfig(file, context, true);
  const { parts, total, guessed, assumptions } = memoryEstimate(checked.experiment, checked.facts);
  const arms = sweepArms(resolveConfig(checked.experiment)).length;
  return {
    bytes: total ?? null,
    guessed,
    parts: parts.map(({ name, peak, bytes, formula }) => ({ name, peak, bytes, formula })),
    assumptions: [...assumptions],
    milliseconds: await earlierDuration(path, context),
    arms: Math.max(1, arms),
  };
}

/** What completed runs of a config took, on average; null where there are none. */
export async function earlierDuration(
  configFile: string,
  { dataFolder }: ActionContext,
): Promise<number | null> {
  const runs = (await listRuns(dataFolder)).filter(({ run }) => run?.configFile === configFile);
  return meanDuration(runs) ?? null;
}

export async function convertConfig(
  { file, to, experiment }: In<typeof CONVERT>,
  context: ActionContext,
): Promise<Out<typeof CONVERT>> {
  const { checked } = await readConfig(file, context, false);
  const broken = checked.problems.find(({ code }) => code === 'SYN001');
  if (broken) throw new ActionError(`${file} cannot be read: ${broken.message} Fix it first.`);
  if (to === checked.experiment.trainer.dialect)
    throw new ActionError(
      `${file} is a config of ${checked.experiment.trainer.program} already. Choose another trainer.`,
    );
  const chosen = checked.experiments[experiment - 1];
  if (!chosen)
    throw new ActionError(
      `${file} starts ${checked.experiments.length} training(s); there is no ${experiment}.`,
    );
  const { text, notes } = convertExperiment(chosen, { ...checked, fileName: file }, to);
  return { text, notes: notes.map(({ kind, text: words }) => ({ kind, text: words })) };
}
