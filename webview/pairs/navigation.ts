import { PAIR_ORDERS, type PairOrder } from '../../src/core/panels/pair-lists';
import type { PairSplit } from '../../src/core/panels/pairs-page';
import { isFields } from '../../src/core/runs/read-files';

/** Where a reader of the inspector looks. */
export interface Navigation {
  /** Undefined: the newest. */
  readonly checkpoint?: number;
  readonly order: PairOrder;
  readonly split: PairSplit | 'all';
  readonly search: string;
  /** Whether the numbers of all tokens are unfolded. */
  readonly tables: boolean;
  /** Undefined: the first of the list. */
  readonly pair?: string;
}

/** What was kept, as far as it is understood. */
export function readNavigation(kept: unknown): Navigation {
  const { checkpoint, order, split, search, tables, pair } = isFields(kept) ? kept : {};
  return {
    ...(typeof checkpoint === 'number' && { checkpoint }),
    order: Object.keys(PAIR_ORDERS).find((known): known is PairOrder => known === order) ?? 'moved',
    split: split === 'train' || split === 'eval' ? split : 'all',
    search: typeof search === 'string' ? search : '',
    tables: tables === true,
    ...(typeof pair === 'string' && { pair }),
  };
}
