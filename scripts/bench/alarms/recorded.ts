import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { alarmsOf } from './replay';
import { RIGHT_KINDS, RUNS } from './runs';
import { type RecordedRun, trainRun } from './train-runs';

/** How runs of one half fared. */
export interface Tally {
  readonly healthy: number;
  /** Healthy runs with a warning or an error. */
  readonly disturbed: number;
  readonly broken: number;
  /** Broken runs with an error in the first half of their steps. */
  readonly caught: number;
  /** Broken runs of which a warning or an error names what is wrong. */
  readonly named: number;
}

/** @param file JSON lines, compressed */
export function readRecorded(file: string): RecordedRun[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Trains all runs anew and writes what they logged. Tens of minutes. */
export async function record(
  file: string,
  example: string,
  scratch: string,
  programs: string,
  say: (line: string) => void,
): Promise<void> {
  const lines: string[] = [];
  for (const run of RUNS) {
    lines.push(JSON.stringify(await trainRun(run, example, scratch, programs)));
    say(`${lines.length} of ${RUNS.length}: ${run.flaw ?? 'healthy'}, beta ${run.beta}`);
  }
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
}

export function tally(runs: readonly RecordedRun[]): Tally {
  const verdicts = runs.map((run) => {
    const raised = alarmsOf(run).filter(({ kind, severity }) => kind === 'alarm' && severity !== 'info');
    return {
      isBroken: run.flaw !== undefined,
      isDisturbed: raised.length > 0,
      isCaught: raised.some(({ severity, step }) => severity === 'error' && step <= run.steps / 2),
      isNamed:
        run.flaw !== undefined &&
        raised.some(({ code }) => RIGHT_KINDS[run.flaw as keyof typeof RIGHT_KINDS].includes(code)),
    };
  });
  const broken = verdicts.filter(({ isBroken }) => isBroken);
  const healthy = verdicts.filter(({ isBroken }) => !isBroken);
  return {
    healthy: healthy.length,
    disturbed: healthy.filter(({ isDisturbed }) => isDisturbed).length,
    broken: broken.length,
    caught: broken.filter(({ isCaught }) => isCaught).length,
    named: broken.filter(({ isNamed }) => isNamed).length,
  };
}
