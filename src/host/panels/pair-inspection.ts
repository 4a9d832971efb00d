import type * as vscode from 'vscode';
import { inspectProgressInWords } from '../../core/panels/pair-lists';
import type { PairDetail, PairList, PairsQuestion } from '../../core/panels/pairs-page';
import { InspectProcess } from '../../node/launch/inspect-process';
import type { ProgramsOf } from '../runs/bundled-programs';
import { requireTrust } from '../trust';

/** Milliseconds that models stay in memory while their panel cannot be seen. */
const REST = 60_000;

interface Inspecting {
  readonly process: InspectProcess;
  timer?: NodeJS.Timeout | undefined;
}

/**
 * Scores pairs for the inspector: the trainer's program does, because the extension host loads no model. One process a
 * run, as long as somebody looks.
 */
export class PairInspection implements vscode.Disposable {
  private readonly running = new Map<string, Inspecting>();

  constructor(private readonly programs: ProgramsOf) {}

  /** @param progress gets what is being done, in words */
  async answer(
    runFolder: string,
    about: PairsQuestion,
    progress: (words: string) => void,
  ): Promise<PairList | PairDetail> {
    requireTrust();
    const inspecting = this.inspectingOf(runFolder);
    clearTimeout(inspecting.timer);
    return inspecting.process.ask(about, (step) => progress(inspectProgressInWords(step)));
  }

  /** Nobody can see it now. */
  rest(runFolder: string): void {
    const inspecting = this.running.get(runFolder);
    if (!inspecting) return;
    clearTimeout(inspecting.timer);
    inspecting.timer = setTimeout(() => this.end(runFolder), REST);
  }

  end(runFolder: string): void {
    const inspecting = this.running.get(runFolder);
    clearTimeout(inspecting?.timer);
    inspecting?.process.close();
    this.running.delete(runFolder);
  }

  dispose(): void {
    for (const runFolder of [...this.running.keys()]) this.end(runFolder);
  }

  private inspectingOf(runFolder: string): Inspecting {
    const known = this.running.get(runFolder);
    if (known && !known.process.hasEnded) return known;
    const inspecting: Inspecting = { process: new InspectProcess(this.programs(), runFolder) };
    this.running.set(runFolder, inspecting);
    return inspecting;
  }
}
