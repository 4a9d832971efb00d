import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import type { ShownState } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { armLabel, evaluated } from '../../core/runs/run-values';
import { duration } from '../../core/words/numbers';
import { shownPath } from '../../node/files/paths';
import { layout, print } from '../terminal/output';
import { visible, wrap } from '../terminal/text-layout';
import { EXIT } from '../usage-error';
import type { Followed } from './follow';

/**
 * Says how runs ended and what can be done with them, and gives the exit code.
 *
 * @param place what a command needs besides an id, to find the runs
 */
export function reportEnds(followed: readonly Followed[], json: boolean, place: string): number {
  const runs = followed.map(({ run }) => run);
  for (const one of followed) {
    if (json) print(JSON.stringify(endLine(one)));
    else for (const line of endWords(one, runs, place)) print(line);
  }
  return exitCodeOf(runs);
}

const BAD: ReadonlySet<ShownState> = new Set(['failed', 'interrupted', 'unreadable']);

function exitCodeOf(runs: readonly RunRecord[]): number {
  if (runs.some(({ state }) => BAD.has(state))) return EXIT.problems;
  return runs.some(({ state }) => state === 'stopped') ? EXIT.stopped : EXIT.ok;
}

function endLine({ run: { id, state, status, folder }, newest }: Followed): object {
  const { step, error } = status ?? {};
  return {
    type: 'ended',
    run: id,
    state,
    step,
    ...(error !== undefined && { error }),
    ...newest,
    ...(state === 'completed' && { model: join(folder, RUN_FILES.model) }),
  };
}

function endWords({ run, newest }: Followed, all: readonly RunRecord[], place: string): string[] {
  const page = layout();
  const { id, state, status, folder } = run;
  const { step = 0, started, ended, error } = status ?? {};
  const label = armLabel(run, all);
  const about = label === '' ? '' : `${label}: `;
  const time = started !== undefined && ended !== undefined ? ` in ${duration(ended - started)}` : '';
  const again = `Go on with: dpo-lab resume ${id}${place}`;
  const say = (text: string, indent = ''): string[] =>
    wrap(visible(`${about}${text}`), page.width, '  ', indent);
  switch (state) {
    case 'completed': {
      // The arms of a sweep are compared in a table.
      const held = all.length > 1 ? '' : evaluated(newest.eval).join(', ');
      return [
        ...say(`completed ${step} steps${time}.`),
        ...(held === '' ? [] : wrap(`Held-out: ${held}`, page.width, '  ', '  ')),
        `  Model: ${visible(shownPath(join(folder, RUN_FILES.model), process.cwd()))}`,
      ];
    }
    case 'stopped':
      return [...say(`stopped at step ${step}.`), `  ${again}`];
    case 'failed':
      return [...say(`failed at step ${step}. ${error ?? ''}`), `  ${again}`];
    case 'interrupted':
      return [
        ...say(`interrupted at step ${step}: its job was killed, or the machine was switched off.`),
        `  ${again}`,
      ];
    case 'unreadable':
      return say(`unreadable. ${run.problem ?? ''}`);
    default:
      return say(`${state} at step ${step}.`);
  }
}
