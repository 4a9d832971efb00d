import * as vscode from 'vscode';
import { isLive } from '../../core/runs/liveness';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { groupedBySweep, isResumable } from '../../core/runs/run-tree';
import { lackKey, RUN_KINDS, type RunKind } from '../contributions';
import { HAS_SWEEP_KEY } from '../walkthrough';
import type { WorkspaceRuns } from './workspace-runs';

/** Keeps the context keys by which the palette offers only what there are runs for. */
export function followRunKinds(runs: WorkspaceRuns): vscode.Disposable {
  let told: string | undefined;
  return runs.onDidChangeStates(() => {
    const { all } = runs;
    const kinds = RUN_KINDS.filter((kind) => IS_THERE[kind](all));
    if (kinds.join() === told) return;
    told = kinds.join();
    for (const kind of RUN_KINDS) setContext(lackKey(kind), !kinds.includes(kind));
    setContext(HAS_SWEEP_KEY, kinds.includes('sweep'));
  });
}

const IS_THERE: Readonly<Record<RunKind, (all: readonly RunOverview[]) => boolean>> = {
  any: (all) => all.length > 0,
  two: (all) => all.length > 1,
  sweep: (all) => [...groupedBySweep(all).values()].some((arms) => arms.length > 1),
  live: (all) => all.some(({ state }) => isLive(state)),
  resumable: (all) => all.some(isResumable),
  ended: (all) => all.some(({ state }) => !isLive(state)),
};

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
