/** How the line of a run is told from others. */
export interface LineLook {
  readonly colour: string;
  readonly isDashed: boolean;
}

const COLOURS = 6;

/** The first six in colours of their own, the next six in the same, dashed. */
export function lookOf(index: number): LineLook {
  return {
    colour: `--line-${1 + (index % COLOURS)}`,
    isDashed: Math.floor(index / COLOURS) % 2 === 1,
  };
}
