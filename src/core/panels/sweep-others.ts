import { isLive } from '../runs/liveness';
import { armOf } from '../runs/read-files';
import type { ArmDetails } from './sweep-arm';

/**
 * The arms of a sweep, and what other sweeps with the same settings add to them: arms that completed or go on, of betas
 * and seeds that the sweep has not. Of several it takes the newest.
 */
export function withOthers(arms: readonly ArmDetails[]): ArmDetails[] {
  const own = arms.filter(({ isOther }) => !isOther);
  const taken = new Set(own.filter(isOfUse).map(keyOf));
  const added: ArmDetails[] = [];
  for (const arm of arms.filter(({ isOther }) => isOther).toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
    if (!isOfUse(arm) || taken.has(keyOf(arm))) continue;
    taken.add(keyOf(arm));
    added.push(arm);
  }
  return [...own, ...added];
}

function isOfUse({ state, run }: ArmDetails): boolean {
  return run !== undefined && (state === 'completed' || isLive(state));
}

function keyOf({ run, id }: ArmDetails): string {
  if (!run) return id;
  const { beta, seed } = armOf(run);
  return `${beta} ${seed}`;
}
