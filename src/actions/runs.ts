import type { z } from 'zod';
import { comparePageOf } from '../core/panels/compare-page';
import { listedPairs, PAIR_ORDERS } from '../core/panels/pair-lists';
import { bestSoFar, sweepAnswer } from '../core/panels/sweep-answer';
import { sweepPageOf } from '../core/panels/sweep-page';
import { standing } from '../core/runs/alarm';
import { fromJsonNumber, METRICS, type MetricName } from '../core/runs/format';
import { armOf } from '../core/runs/read-files';
import type { RunRecord } from '../core/runs/run-snapshot';
import { producerInShort, runTitle, stateSentence } from '../core/runs/run-words';
import { inBatches } from '../node/files/in-batches';
import { InspectError, InspectProcess } from '../node/launch/inspect-process';
import { ArmReader } from '../node/panels/arm-reader';
import { AlarmLines } from '../node/runs/alarm-lines';
import { listRuns, newestMetrics, TOGETHER } from '../node/runs/run-store';
import { savedPolicies } from '../node/runs/saved-policies';
import { type ActionContext, ActionError, runOf, runsOf } from './context';
import type { COMPARE, INSPECT_PAIRS, STATUS, VERDICT } from './schemas';

/** What runs show. Nothing is started but the trainer's program that scores pairs. */

type In<S extends { input: z.ZodType }> = z.infer<S['input']>;
type Out<S extends { output: z.ZodType }> = z.infer<S['output']>;
type RunState = Out<typeof STATUS>['runs'][number];

export async function runStatus(
  { run, limit }: In<typeof STATUS>,
  context: ActionContext,
): Promise<Out<typeof STATUS>> {
  const all = run === undefined ? await listRuns(context.dataFolder) : await runsOf(run, context);
  const newest = all.toSorted((a, b) => (b.run?.created ?? 0) - (a.run?.created ?? 0)).slice(0, limit);
  return { total: all.length, runs: await inBatches(newest, TOGETHER, stateOf) };
}

async function stateOf(record: RunRecord): Promise<RunState> {
  const { id, folder, state, status, run } = record;
  const lines = new AlarmLines(folder);
  const [{ train, eval: held }] = await Promise.all([newestMetrics(folder), lines.next()]);
  const overview = { ...record, train, eval: held, alarms: [...lines.alarms] };
  const { beta, seed } = run ? armOf(run) : { beta: Number.NaN, seed: Number.NaN };
  const newest: Readonly<Record<string, unknown>> = { ...train, ...held };
  const stands = new Set(standing(lines.alarms));
  return {
    run: id,
    name: runTitle(overview),
    state,
    sentence: stateSentence(overview),
    sweep: run?.sweep ?? null,
    beta: known(beta),
    seed: known(seed),
    producer: run ? producerInShort(run.producer) : 'unknown',
    step: status?.step ?? null,
    totalSteps: status?.totalSteps ?? null,
    figures: Object.fromEntries(
      (Object.keys(METRICS) as MetricName[]).flatMap((name) =>
        newest[name] === undefined ? [] : [[name, known(fromJsonNumber(newest[name]))]],
      ),
    ),
    alarms: lines.alarms.map((alarm) => ({
      code: alarm.code,
      severity: alarm.severity,
      step: alarm.step,
      message: alarm.message,
      standing: stands.has(alarm),
    })),
  };
}

/** The same answer as the sweep panel's, from the same files. */
export async function sweepVerdict(
  { run }: In<typeof VERDICT>,
  context: ActionContext,
): Promise<Out<typeof VERDICT>> {
  const records = await runsOf(run, context);
  const arms = await inBatches(records, TOGETHER, ({ folder }) =>
    new ArmReader(folder, false, () => {}).next(),
  );
  const read = arms.filter((arm) => arm !== undefined);
  if (read.length === 0) throw new ActionError(`No arm of ${run} can be read.`);
  const page = sweepPageOf({ id: run, arms: read, deleted: 0 });
  const answer = sweepAnswer(page.response, read);
  const { quality, recommended, betas } = page.response;
  return {
    kind: answer.kind,
    headline: answer.headline,
    evidence: answer.evidence,
    take: answer.kind === 'decided' ? (recommended ?? null) : null,
    best: bestSoFar(page.response)?.beta ?? null,
    next: answer.next?.words ?? null,
    quality,
    betas: betas.map((row) => ({
      beta: row.beta,
      seeds: row.seeds,
      quality: known(row.quality),
      ended: known(row.ended),
      lengthRatio: known(row.lengthRatio),
      eosDrift: known(row.eosDrift),
      kl: known(row.kl),
      accuracy: known(row.accuracy),
      degenerate: row.degenerate ?? null,
    })),
  };
}

export async function inspectPairs(
  { run, checkpoint, count }: In<typeof INSPECT_PAIRS>,
  context: ActionContext,
): Promise<Out<typeof INSPECT_PAIRS>> {
  const { folder, id } = await runOf(run, context);
  const step = checkpoint ?? (await savedPolicies(folder)).at(-1)?.step;
  if (step === undefined)
    throw new ActionError(
      `Run ${id} has no checkpoint yet. Wait for one, or name the starting policy: checkpoint 0.`,
    );
  const inspecting = new InspectProcess(context.programs, folder);
  const stop = (): void => inspecting.close();
  context.signal?.addEventListener('abort', stop);
  try {
    const list = await inspecting.ask({ kind: 'list', checkpoint: step }, () => {});
    if (!('rows' in list)) throw new ActionError('The trainer gave no list of pairs. Try again.');
    const [order] = Object.keys(PAIR_ORDERS) as (keyof typeof PAIR_ORDERS)[];
    const rows = order ? listedPairs(list, order, 'all', '').slice(0, count) : [];
    return {
      checkpoint: step,
      pairs: rows.map((row) => ({
        id: row.id,
        prompt: row.prompt,
        chosen: known(row.chosen.policy - row.chosen.baseline),
        rejected: known(row.rejected.policy - row.rejected.baseline),
        margin: known(row.margin),
      })),
    };
  } catch (error) {
    throw error instanceof InspectError ? new ActionError(error.message) : error;
  } finally {
    context.signal?.removeEventListener('abort', stop);
    inspecting.close();
    await inspecting.ended;
  }
}

export async function compareRuns(
  { runs: names }: In<typeof COMPARE>,
  context: ActionContext,
): Promise<Out<typeof COMPARE>> {
  const found = (await inBatches(names, TOGETHER, (name) => runsOf(name, context))).flat();
  const records = [...new Map(found.map((record) => [record.id, record])).values()];
  if (records.length < 2) throw new ActionError('To compare, name at least two runs.');
  const page = comparePageOf(
    records.map((record) => ({ ...record, alarms: [] })),
    [],
  );
  const states = new Map(
    await inBatches(records, TOGETHER, async (record) => [record.id, await stateOf(record)] as const),
  );
  return {
    differences: page.differences.map(({ setting, values }) => ({ setting, values: [...values] })),
    runs: page.runs.flatMap(({ id }) => states.get(id) ?? []),
  };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
