import type { GonePage } from '../../core/panels/protocol';

/** What a panel about a run shows when there is none. */
export function goneRun(folder: string): GonePage {
  return {
    kind: 'gone',
    title: 'This run is not there any more',
    words: `${folder} was deleted or moved. The list of runs shows what is there.`,
  };
}
