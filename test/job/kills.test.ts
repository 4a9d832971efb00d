import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { SeededRandom } from '../../src/core/seeded-random';
import { resume } from '../../src/node/launch/resume';
import { listRuns } from '../../src/node/runs/run-store';
import {
  complete,
  expectWhole,
  kill,
  letTimePass,
  processesOf,
  STEPS,
  start,
  untilNothingRuns,
  usePrograms,
  writtenMetrics,
} from './drill-support';
import { type Stage, stage } from './support';

vi.setConfig({ testTimeout: 600_000 });

/** Times that something was there to be killed. A run is killed twice, in its first and in its second attempt. */
const KILLS = 200;
/** Runs at a time: most of the time they wait for each other's signs of life. */
const TOGETHER = 12;

const VICTIMS = ['trainer', 'job', 'job and trainer', 'all'] as const;
type Victim = (typeof VICTIMS)[number];

/** When the victim is killed: as soon as so much was seen, and a moment later. */
interface Moment {
  readonly victim: Victim;
  readonly seen: 'process' | 'lines';
  /** Lines of metrics. */
  readonly lines: number;
  /** Milliseconds: mostly a few, at most a second. */
  readonly later: number;
}

const programs = usePrograms();

it('a run that is killed at any time says what happened, loses nothing, and resumes to the same end', async () => {
  const found: string[] = [];
  let runs = 0;
  const work = async (): Promise<void> => {
    while (found.length < KILLS) {
      const random = new SeededRandom(runs++);
      const moments = [momentOf(random), momentOf(random)];
      try {
        found.push(...(await live(moments)));
      } catch (error) {
        console.error(`A run that was killed at ${JSON.stringify(moments)}:`, error);
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  // Kills hit runs in every state that they can leave, not only in one that is easy to hit.
  for (const state of ['failed', 'interrupted']) expect(found).toContain(state);
});

function momentOf(random: SeededRandom): Moment {
  const pick = (count: number): number => Math.floor(random.next() * count);
  return {
    victim: VICTIMS[pick(VICTIMS.length)] ?? 'all',
    // A quarter while programs start, before anything is measured.
    seen: pick(4) === 0 ? 'process' : 'lines',
    lines: pick(STEPS + 5),
    later: 2 ** (10 * random.next()) - 1,
  };
}

/** Lives through a run that is killed again and again, and gives the states that a kill left it in. */
async function live(moments: readonly Moment[]): Promise<string[]> {
  const run = stage(['steady'], { trainer: [programs.node, programs.onnxTrainer] });
  const written: string[] = [];
  const states: string[] = [];
  let isComplete = false;
  for (const [attempt, moment] of moments.entries()) {
    if (isComplete) break; // It was faster than its killer: there is nothing to kill any more.
    const launcher = attempt === 0 ? launch(run, moment) : undefined;
    // Where the job is killed first, its launcher says that it did not start.
    const started = attempt === 0 ? undefined : resume(run.dataFolder, run.runs, programs).catch(() => {});
    const killed = await strike(run, moment);
    if (launcher) await endOf(launcher);
    await started;
    const state = await afterwards(run, moment);
    if (killed > 0) states.push(state);
    isComplete = state === 'completed';
    written.push(...writtenMetrics(run));
  }
  if (!isComplete) await complete(run, programs);
  expectWhole(run, written);
  await untilNothingRuns(run);
  return states;
}

/** A process that launches and lives on, where it is a victim too; else this one launches. */
function launch(run: Stage, { victim }: Moment): ChildProcess | undefined {
  if (victim !== 'all') {
    void start(run, programs).catch(() => {});
    return undefined;
  }
  const args = [programs.launcher, programs.node, programs.job, run.dataFolder, run.sweep, run.runs[0] ?? ''];
  return spawn(programs.node, args, { detached: true, stdio: 'ignore' });
}

async function endOf(launcher: ChildProcess): Promise<void> {
  launcher.kill('SIGKILL');
  if (launcher.exitCode === null && launcher.signalCode === null)
    await new Promise((resolve) => launcher.once('exit', resolve));
}

/** Waits for the moment, and kills. Gives how many processes were there. */
async function strike(run: Stage, { victim, seen, lines, later }: Moment): Promise<number> {
  const before = seen === 'lines' ? lines : 0;
  const victims = (): number[] => {
    const { job, trainer, others } = processesOf(run);
    if (victim === 'job') return job;
    if (victim === 'trainer') return trainer;
    return victim === 'all' ? [...others, ...job, ...trainer] : [...job, ...trainer];
  };
  for (;;) {
    const isThere = victims().length > 0 && writtenMetrics(run).length >= before;
    if (isThere || (await run.read()).state === 'completed') break;
    // A trainer that is done for leaves less than the moment waits for.
    if (hasEnded(run)) return 0;
    await delay(5);
  }
  await delay(later);
  return kill(victims());
}

function hasEnded(run: Stage): boolean {
  const last = run.lines('events.jsonl').at(-1);
  return last?.kind === 'state' && last.state === 'failed' && processesOf(run).job.length === 0;
}

/** What readers say when everything has come to rest. */
async function afterwards(run: Stage, { victim }: Moment): Promise<string> {
  await untilNothingRuns(run);
  letTimePass(run);
  const [found] = await listRuns(run.dataFolder);
  const { state, problem, status } = found ?? {};
  expect(problem).toBeUndefined();
  if (victim === 'trainer') expect(['completed', 'failed']).toContain(state);
  else expect(['completed', 'failed', 'interrupted']).toContain(state);
  if (victim === 'trainer' && state === 'failed')
    expect(status?.error).toMatch(/^The trainer was killed \(SIGKILL\)/);
  return state ?? 'lost';
}
