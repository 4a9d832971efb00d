import type { ShownState } from '../src/core/runs/liveness';
import type { IconName } from './charts/icons';

/** How a state looks; CSS colours what has `data-state` around it. */
export const STATE_ICONS: Readonly<Record<ShownState, IconName>> = {
  queued: 'waiting',
  preparing: 'waiting',
  running: 'running',
  stopping: 'waiting',
  completed: 'good',
  stopped: 'stopped',
  failed: 'error',
  interrupted: 'warning',
  unreadable: 'warning',
};
