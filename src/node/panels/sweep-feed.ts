import type { ArmDetails } from '../../core/panels/sweep-arm';
import { withOthers } from '../../core/panels/sweep-others';
import { sweepPageOf } from '../../core/panels/sweep-page';
import { inBatches } from '../files/in-batches';
import { runFolderOf, sweepFolderOf } from '../runs/run-store';
import { readSweep } from '../runs/sweep-store';
import { ArmReader } from './arm-reader';
import type { Feed, Send } from './feed';
import { SameExperiment } from './same-experiment';

/** Arms that are read together. */
const TOGETHER = 8;

/** Follows the arms of a sweep, and other runs that have the same settings. */
export class SweepFeed implements Feed {
  readonly #experiment: SameExperiment;
  readonly #readers = new Map<string, ArmReader>();
  #sent = '';

  constructor(
    private readonly dataFolder: string,
    private readonly sweep: string,
    private readonly send: Send,
  ) {
    this.#experiment = new SameExperiment(dataFolder);
  }

  async refresh(): Promise<void> {
    const file = await readSweep(sweepFolderOf(this.dataFolder, this.sweep)).catch(() => undefined);
    // Without its own folder a sweep is what its arms tell.
    const own = file?.runs ?? (await this.#experiment.idsOf(this.sweep));
    const others = (await this.#experiment.idsLike(own)).filter((id) => !own.includes(id));
    const read = await inBatches([...own, ...others], TOGETHER, (id) =>
      this.#readerOf(id, !own.includes(id)).next(),
    );
    const arms = read.filter((arm): arm is ArmDetails => arm !== undefined);
    if (arms.every(({ isOther }) => isOther)) {
      this.send({
        kind: 'page',
        page: {
          kind: 'gone',
          title: 'This sweep is not there any more',
          words: `The arms of ${this.sweep} were deleted or moved. The list of runs shows what is there.`,
        },
      });
      this.#sent = '';
      return;
    }
    const deleted = own.length - arms.filter(({ isOther }) => !isOther).length;
    const page = sweepPageOf({ id: this.sweep, arms: withOthers(arms), deleted });
    const text = JSON.stringify(page);
    if (text === this.#sent) return;
    this.#sent = text;
    this.send({ kind: 'page', page });
  }

  #readerOf(id: string, isOther: boolean): ArmReader {
    const reader =
      this.#readers.get(id) ?? new ArmReader(runFolderOf(this.dataFolder, id), isOther, this.send);
    this.#readers.set(id, reader);
    return reader;
  }
}
