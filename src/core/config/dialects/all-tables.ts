import type { TrainerTable } from './table';
import { ALIGNMENT_HANDBOOK } from './tables/alignment-handbook';
import { AXOLOTL } from './tables/axolotl';
import { ERIC_MITCHELL } from './tables/eric-mitchell';
import { LLAMAFACTORY } from './tables/llamafactory';
import { MS_SWIFT } from './tables/ms-swift';
import { NEMO_ALIGNER, NEMO_RL } from './tables/nemo';
import { OPEN_INSTRUCT } from './tables/open-instruct';
import { OPENRLHF } from './tables/openrlhf';
import { ALIGN_ANYTHING, CUSTOM, REFDPO, RL2, TRL_CUSTOM } from './tables/small';
import { TORCHTUNE } from './tables/torchtune';
import { TRL } from './tables/trl';

/** Every trainer whose configs are read. */
export const TABLES: readonly TrainerTable[] = [
  TRL,
  ALIGNMENT_HANDBOOK,
  LLAMAFACTORY,
  AXOLOTL,
  OPEN_INSTRUCT,
  TORCHTUNE,
  OPENRLHF,
  NEMO_RL,
  NEMO_ALIGNER,
  ERIC_MITCHELL,
  MS_SWIFT,
  ALIGN_ANYTHING,
  REFDPO,
  RL2,
  TRL_CUSTOM,
  CUSTOM,
];

export function tableOf(id: string): TrainerTable {
  const table = TABLES.find((candidate) => candidate.id === id);
  if (!table) throw new Error(`There is no dialect ${id}.`);
  return table;
}
