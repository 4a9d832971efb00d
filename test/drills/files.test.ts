import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isLive } from '../../src/core/runs/liveness';
import { processesOf, start, untilNothingRuns, usePrograms, writtenMetrics } from '../job/drill-support';
import { type Stage, stage, until } from '../job/support';
import {
  all,
  CALLS,
  callsOf,
  type Drill,
  expectRecovers,
  IS_LONG,
  plan,
  setBroken,
  useFaults,
} from './drill';

/*
 * What goes wrong at each place where a job or a trainer writes: at each rename a kill, at each write a disk that is full or
 * a folder that may not be written any more. `npm run drills` goes through all places, this file by itself through one of
 * each kind.
 */

vi.setConfig({ testTimeout: 1_800_000 });

const programs = usePrograms();
useFaults();

const PROGRAMS = ['job.js', 'drill-trainer.js'] as const;
const play = (): Stage => stage(['steady'], { trainer: [programs.node, programs.onnxTrainer] });

/** The calls that a program makes in a run where nothing goes wrong; in the short form one of each kind. */
async function places(program: Drill['program'], calls: readonly string[]): Promise<number[]> {
  const run = play();
  plan(run, { program, calls, at: -1, how: 'kill before' });
  await start(run, programs);
  await until(async () => (await run.read()).state === 'completed');
  await untilNothingRuns(run);
  const found = callsOf(run);
  if (IS_LONG) return found.map(({ at }) => at);
  // The last of a kind: more has been written by then that could be lost.
  const kinds = new Map(found.map(({ at, file }) => [file.replace(/[\d.]+(tmp)?/g, '0'), at]));
  return [...kinds.values()];
}

describe.each(PROGRAMS)('%s', (program) => {
  it('is killed at each rename: nothing is lost, and the run resumes to the same end', async () => {
    const cases = (await places(program, CALLS.renames)).flatMap((at) =>
      (['kill before', 'kill after'] as const).map(
        (how): Drill => ({ program, calls: CALLS.renames, at, how }),
      ),
    );
    expect(cases.length).toBeGreaterThan(0);
    let reached = 0;
    await all(cases, async (drill) => {
      const run = play();
      plan(run, drill);
      // A job that is killed as it starts is reported by whoever launched it.
      await start(run, programs).catch((error: unknown) => expect(String(error)).toMatch(/did not start/));
      await untilNothingRuns(run);
      if (wasReached(run, drill)) reached++;
      const { state, problem, status } = await run.read();
      expect(problem).toBeUndefined();
      if (program === 'drill-trainer.js' && state === 'failed')
        expect(status?.error).toMatch(/^The trainer was killed \(SIGKILL\)/);
      await expectRecovers(run, programs, writtenMetrics(run));
    });
    // How often a job writes depends on the time too.
    expect(reached).toBeGreaterThanOrEqual(cases.length * 0.7);
  });
});

// Each case starts programs, which on a busy machine takes longer than a launch waits: long form only.
if (IS_LONG)
  describe.each(PROGRAMS)('where %s writes', (program) => {
    it.each([
      ['ENOSPC', /[Dd]isk is full|No space|ENOSPC/],
      ['EACCES', /EACCES|permission|may not be written/],
      ['EROFS', /EROFS|read-only|may not be written/],
    ] as const)(
      '%s at each place: the reason is in words, and the run resumes when it is over',
      async (how, words) => {
        const cases = (await places(program, CALLS.writes)).map(
          (at): Drill => ({ program, calls: CALLS.writes, at, how }),
        );
        expect(cases.length).toBeGreaterThan(5);
        await all(cases, async (drill) => {
          const run = play();
          plan(run, drill);
          setBroken(run, true);
          let refused = '';
          await start(run, programs).catch((error: unknown) => {
            refused = String(error);
          });
          if (refused === '') await over(run);
          const { status, problem } = await run.read();
          expect(problem).toBeUndefined();
          if (status?.state === 'failed') expect(status.error).toMatch(words);
          if (refused !== '') expect(refused).toMatch(words);
          // A job that cannot write a run's files says so in its own log.
          else if (program === 'job.js' && wasReached(run, drill) && isLive(status?.state ?? 'queued'))
            expect(readFileSync(path.join(run.sweepFolder, 'job.log'), 'utf8')).toMatch(words);
          const written = writtenMetrics(run);
          setBroken(run, false);
          await expectRecovers(run, programs, written);
        });
      },
    );
  });

function wasReached(run: Stage, { at }: Drill): boolean {
  return callsOf(run).some((call) => call.at === at);
}

/** The job has said how the trainer ended, or has had a while in which it could not. */
async function over(run: Stage): Promise<void> {
  let since = performance.now();
  await until(async () => {
    if (processesOf(run).trainer.length > 0) since = performance.now();
    return !isLive((await run.read()).state) || performance.now() - since > 2500;
  });
}
