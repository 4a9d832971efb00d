import * as vscode from 'vscode';
import { MARKS, type Mark } from '../../core/panels/protocol';
import { NO_MARKS, type RunMarks, tagsOf } from '../../core/runs/run-marks';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { changeMarks } from '../../node/runs/run-marks';
import { requireTrust } from '../trust';
import type { WorkspaceRuns } from './workspace-runs';

/** Stars, archives, renames, tags or annotates runs of the workspace. */
export async function markRuns(runs: WorkspaceRuns, mark: unknown, folders: unknown): Promise<void> {
  requireTrust();
  const known = MARKS.find((one) => one === mark);
  const names: readonly unknown[] = Array.isArray(folders) ? folders : [];
  const meant = names.flatMap((name) => (typeof name === 'string' ? (runs.find(name) ?? []) : []));
  if (!known || meant.length === 0) return;
  const change = await changeOf(known, meant);
  if (!change) return;
  for (const run of meant) await changeMarks(run.folder, change(run.marks ?? NO_MARKS));
  await runs.refresh(meant.map(({ folder }) => folder));
}

type Change = (marks: RunMarks) => Partial<RunMarks>;

/** Undefined where the user thought better of it. */
async function changeOf(mark: Mark, runs: readonly RunOverview[]): Promise<Change | undefined> {
  const [first] = runs;
  const known = first?.marks ?? NO_MARKS;
  const many = runs.length === 1 ? '' : ` of ${runs.length} runs`;
  switch (mark) {
    case 'star':
    case 'unstar':
      return () => ({ star: mark === 'star' });
    case 'archive':
    case 'unarchive':
      return () => ({ archived: mark === 'archive' });
    case 'rename': {
      const name = await ask(`Name${many}; empty: the experiment's`, known.name ?? '');
      return name === undefined ? undefined : () => ({ name });
    }
    case 'note': {
      const note = await ask(`Note${many}`, known.note ?? '');
      return note === undefined ? undefined : () => ({ note });
    }
    case 'tag': {
      const text = await ask(`Tags${many}, separated by commas`, known.tags.join(', '));
      return text === undefined ? undefined : () => ({ tags: tagsOf(text) });
    }
  }
}

function ask(prompt: string, value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ prompt, value });
}
