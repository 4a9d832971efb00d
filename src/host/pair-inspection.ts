import type { PairsQuestion } from '../core/panels/pairs-page';
import type { PanelAddress } from '../core/panels/protocol';
import type { ProgramsOf } from './programs';

/** Scores pairs for the inspector: the trainer's program does, because the extension host loads no model. */
export class PairInspection {
  constructor(readonly programs: ProgramsOf) {}

  async answer(_address: PanelAddress, _about: PairsQuestion): Promise<unknown> {
    throw new Error('Pairs cannot be inspected yet.');
  }
}
