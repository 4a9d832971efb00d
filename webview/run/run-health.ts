import { shortAlarms } from '../../src/core/panels/gravest-alarms';
import type { RunPage } from '../../src/core/panels/run-page';
import { isLive } from '../../src/core/runs/liveness';
import { count } from '../../src/core/words/counts';
import type { IconName } from '../charts/icons';

interface Health {
  /** Empty where nothing can be said yet. */
  readonly words: string;
  readonly icon: IconName;
}

/** Whether a run goes well, in a few words: what its state does not tell. */
export function runHealth({ alarms, warnings, state, step }: RunPage): Health {
  const grave = shortAlarms(alarms);
  const parts = [
    ...(grave.length > 0
      ? [`${count(grave.length, 'alarm')}: ${grave.map(({ short }) => short).join(', ')}`]
      : []),
    ...(warnings.length > 0 ? [`${count(warnings.length, 'warning')} of the trainer`] : []),
  ];
  if (parts.length > 0) return { words: `${parts.join('; ')}.`, icon: grave[0]?.severity ?? 'warning' };
  if (state === 'completed') return { words: 'No alarms.', icon: 'good' };
  return { words: isLive(state) && step > 0 ? 'No alarms so far.' : '', icon: 'good' };
}
