import type { ComparedRun } from '../../src/core/panels/compare-page';

/** How the line of a run is told from others. */
export interface RunLook {
  readonly colour: string;
  readonly isDashed: boolean;
}

const COLOURS = 6;

/**
 * A colour a run. Where there are more runs than colours, those of one beta share theirs and only the first of them has a
 * solid line; where there are too many betas as well, colours come again, dashed.
 */
export function looksOf(runs: readonly Pick<ComparedRun, 'beta'>[]): RunLook[] {
  const betas = [...new Set(runs.map(({ beta }) => beta))];
  const isByBeta = runs.length > COLOURS && betas.length <= COLOURS;
  return runs.map(({ beta }, index) => {
    // A beta that is not known is NaN, which equals only itself here.
    const place = isByBeta ? betas.findIndex((other) => Object.is(other, beta)) : index;
    const isRepeated = isByBeta
      ? runs.findIndex((run) => Object.is(run.beta, beta)) !== index
      : Math.floor(index / COLOURS) % 2 === 1;
    return { colour: `--line-${1 + (place % COLOURS)}`, isDashed: isRepeated };
  });
}
