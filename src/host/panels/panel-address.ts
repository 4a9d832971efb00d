import type { PanelAddress } from '../../core/panels/protocol';
import { isFields } from '../../core/runs/read-files';

/** What a panel kept when the editor was closed; undefined for what no panel of ours kept. */
export function readPanelAddress(state: unknown): PanelAddress | undefined {
  const address = isFields(state) ? state.address : undefined;
  if (!isFields(address)) return undefined;
  const { kind, folder, dataFolder, sweep, folders } = address;
  if (kind === 'runs') return { kind };
  if ((kind === 'run' || kind === 'pairs') && typeof folder === 'string') return { kind, folder };
  if (kind === 'sweep' && typeof dataFolder === 'string' && typeof sweep === 'string')
    return { kind, dataFolder, sweep };
  if (kind === 'compare' && Array.isArray(folders) && folders.every((item) => typeof item === 'string'))
    return { kind, folders };
  return undefined;
}
