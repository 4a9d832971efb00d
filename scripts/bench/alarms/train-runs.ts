import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import {
  type JsonNumber,
  type MetricsLine,
  RUN_FILES,
  RUN_FORMAT,
  type RunFile,
} from '../../../src/core/runs/format';
import { JudgementsReader } from '../../../src/node/runs/judgements';
import type { PreferencePair } from '../../goldilocks/pairs';
import { scoredWithAnotherTemplate } from './other-template';
import { flawedPairs } from './pairs';
import type { BenchRun } from './runs';

/** What a run wrote, as far as alarms read it. */
export interface RecordedRun extends BenchRun {
  readonly lines: readonly Omit<MetricsLine, 'time'>[];
  readonly judged: readonly {
    readonly step: number;
    readonly winRate: number;
    readonly standardError: number;
    readonly count: number;
  }[];
}

/** Evaluations of a run. */
const EVALUATIONS = 6;
/** Training pairs: enough for what a short run reads. */
const PAIRS = 2000;
/** What no alarm reads. */
const LEFT_OUT: ReadonlySet<string> = new Set(['tokens_per_second', 'memory', 'epoch']);

/**
 * Trains a run, evaluation by evaluation as the example does, and has its texts judged.
 *
 * @param example the folder of Goldilocks
 * @param scratch a folder for data and the run; it is replaced
 * @param programs where the trainer and the judge are built
 */
export async function trainRun(
  run: BenchRun,
  example: string,
  scratch: string,
  programs: string,
): Promise<RecordedRun> {
  await rm(scratch, { recursive: true, force: true });
  const folder = path.join(scratch, 'runs', 'run');
  await mkdir(folder, { recursive: true });
  await writeData(run, example, scratch);
  const file: RunFile = {
    format: RUN_FORMAT,
    id: 'run',
    created: Date.UTC(2026, 0, 1),
    producer: { kind: 'onnx', trainer: 'dpo-lab' },
    config: await configOf(run, example),
    baseFolder: scratch,
    dataFolder: scratch,
    versions: {},
  };
  await writeFile(path.join(folder, RUN_FILES.run), JSON.stringify(file));
  const ask = (program: string) =>
    promisify(execFile)(process.execPath, [path.join(programs, program), folder]);
  // A run that diverges fails, and has written its metrics.
  await ask('onnx-trainer.js').catch((error: { stderr: string }) => {
    if (run.flaw !== 'learning rate too high') throw new Error(`${run.flaw ?? 'healthy'}: ${error.stderr}`);
  });
  await ask('judge.js');
  return recorded(run, folder);
}

async function writeData(run: BenchRun, example: string, folder: string): Promise<void> {
  await cp(path.join(example, 'judge.yaml'), path.join(folder, 'judge.yaml'));
  const policy = path.join(example, 'policy');
  const place = { baseFolder: folder, dataFolder: folder, env: {} };
  for (const name of ['train.jsonl', 'held-out.jsonl']) {
    const text = await readFile(path.join(example, name), 'utf8');
    const sound: PreferencePair[] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const pairs = name === 'train.jsonl' ? flawedPairs(sound, run.flaw) : sound;
    const isScored = run.flaw === 'reference with another template';
    const rows = isScored ? await scoredWithAnotherTemplate(pairs, policy, place) : pairs;
    await writeFile(path.join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}

async function configOf(run: BenchRun, example: string): Promise<RunFile['config']> {
  const config = parse(await readFile(path.join(example, 'goldilocks.dpo.yaml'), 'utf8'));
  const probes: string[] = config.evaluation.probes;
  const isScored = run.flaw === 'reference with another template';
  return {
    model: { path: path.join(example, 'policy') },
    // Imitating chosen answers is what makes a policy repeat as they do.
    objective: { beta: run.beta, ...(run.flaw === 'chosen answers repeat' && { sft_weight: 1 }) },
    data: { ...config.data, limit: PAIRS, train: { path: 'train.jsonl' }, eval: { path: 'held-out.jsonl' } },
    training: {
      ...config.training,
      seed: run.seed,
      steps: run.steps,
      learning_rate: run.learningRate,
      eval_every: Math.round(run.steps / EVALUATIONS),
      save_every: run.steps,
    },
    backend: config.backend,
    reference: { policy: 'same', ...(isScored && { logprobs: 'columns' }) },
    evaluation: {
      ...config.evaluation,
      probes: Array.from(
        { length: run.probes },
        (_, index) => probes[Math.floor((index * probes.length) / run.probes)],
      ),
    },
  };
}

async function recorded(run: BenchRun, folder: string): Promise<RecordedRun> {
  const text = await readFile(path.join(folder, RUN_FILES.metrics), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line): RecordedRun['lines'][number] => {
      const { step, split, values } = JSON.parse(line) as MetricsLine;
      const kept = Object.entries(values).filter(([name]) => !LEFT_OUT.has(name));
      return { step, split, values: Object.fromEntries(kept.map(([name, value]) => [name, rounded(value)])) };
    });
  const judgements = JudgementsReader.ofRun(folder);
  await judgements.next();
  const judged = judgements.byStep.steps.flatMap((step) => {
    const texts = judgements.byStep.judgedAt(step);
    return texts
      ? [
          {
            step,
            winRate: rounded(texts.winRate),
            standardError: rounded(texts.standardError),
            count: texts.count,
          },
        ]
      : [];
  });
  return { ...run, lines, judged };
}

function rounded<T extends JsonNumber>(value: T): T {
  return typeof value === 'number' ? (Number(value.toPrecision(4)) as T) : value;
}
