import { basename, dirname, join } from 'node:path';
import type { RunDetails } from '../../core/panels/make-run-page';
import { runPageOf } from '../../core/panels/make-run-page';
import { RUN_FILES } from '../../core/runs/format';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { exists } from '../files/paths';
import { messageOf } from '../files/text-files';
import { RunLines } from '../runs/run-lines';
import { readEnd, readRun, sweepFolderOf } from '../runs/run-store';
import { readSweep } from '../runs/sweep-store';
import { CurvesFeed } from './curves-feed';
import type { Feed, Send } from './feed';
import { goneRun } from './gone-run';

/** Bytes of the log's end that a panel shows. */
const LOG_END = 16 * 1024;

/** Follows one run. */
export class RunFeed implements Feed {
  readonly #curves: CurvesFeed;
  readonly #lines: RunLines;
  readonly #sent = new Map<string, string>();
  #textsSent: number | undefined;
  #sweep: string | undefined | null = null;

  constructor(
    private readonly folder: string,
    private readonly send: Send,
  ) {
    this.#curves = new CurvesFeed(folder, send);
    this.#lines = new RunLines(folder);
  }

  async refresh(): Promise<void> {
    if (!(await exists(this.folder))) {
      this.send({ kind: 'page', page: goneRun(this.folder) });
      return;
    }
    const stored = await readRun(this.folder, basename(this.folder));
    await this.#lines.next();
    if (this.#sweep === null) this.#sweep = await sweepWithArms(stored);
    const { plan, alarms, checkpoints, warnings, evaluations } = this.#lines;
    const { problem } = this.#curves;
    const known: RunDetails = {
      ...stored,
      plan,
      alarms,
      checkpoints,
      warnings: problem === undefined ? warnings : [...warnings, problem],
      sweep: this.#sweep,
    };
    this.#sendChanged('page', { kind: 'page', page: runPageOf(known) });
    if (this.#textsSent !== this.#lines.version) {
      this.#textsSent = this.#lines.version;
      this.send({ kind: 'texts', evaluations: [...evaluations] });
    }
    const text = await readEnd(join(this.folder, RUN_FILES.log), LOG_END).catch(messageOf);
    this.#sendChanged('log', { kind: 'log', text });
    await this.#curves.refresh();
  }

  #sendChanged(name: string, message: Parameters<Send>[0]): void {
    const text = JSON.stringify(message);
    if (this.#sent.get(name) === text) return;
    this.#sent.set(name, text);
    this.send(message);
  }
}

/** Undefined where the run is the only arm. */
async function sweepWithArms({ folder, run }: RunRecord): Promise<string | undefined> {
  if (run?.sweep === undefined) return undefined;
  const sweep = await readSweep(sweepFolderOf(dirname(dirname(folder)), run.sweep)).catch(() => undefined);
  return sweep && sweep.runs.length > 1 ? sweep.id : undefined;
}
