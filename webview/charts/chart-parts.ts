import type { PlotCurve, Points } from './plot/plot-curve';

/** What a chart is made of, as whoever shows one says it. */

export interface ChartOptions {
  readonly title: string;
  /** Of the values: `nats`. */
  readonly unit?: string;
  /** What it shows and how to read it, in a sentence or two. */
  readonly explanation: string;
  /** A value in words; `decimal` where there is nothing better. */
  readonly format?: (value: number) => string;
  /** A value beside the vertical axis: at most 7 characters. As short as the distance of ticks allows where absent. */
  readonly formatTick?: (value: number) => string;
  /** Values that are always within sight. */
  readonly includes?: readonly number[];
  /** Values that cannot be passed: shares lie in 0 to 1. */
  readonly limits?: { readonly from?: number; readonly to?: number };
  /** Faint horizontal lines, such as where chance is. */
  readonly levels?: readonly { readonly at: number; readonly label: string }[];
  /** Follows the group's switch to a logarithmic axis. */
  readonly canBeLog?: boolean;
}

export interface ChartLine {
  /** Tells it from the chart's other lines, and is shown in the legend. */
  readonly label: string;
  /** A colour variable, such as `--line-1`. */
  readonly colour: string;
  readonly curve: PlotCurve;
  /** Drawn smoothed, as the group says, with its own values behind. */
  readonly isSmoothed?: boolean;
  readonly isDashed?: boolean;
  /** Drawn pale: others are what is happening now. */
  readonly isFaint?: boolean;
  /** `with line`: a dot at each point as well, where there is room. `only`: no line. */
  readonly points?: 'with line' | 'only';
  /** A shade between two curves with the same x, such as the lowest and highest seed. */
  readonly spread?: { readonly low: Points; readonly high: Points };
  /** What the point at this index is, for the legend and the table: `seed 2`. */
  readonly nameOf?: (index: number) => string;
  /** What the point at this index is worth, in words, where that is not the value that is drawn. */
  readonly wordsOf?: (index: number) => string;
  /** What the legend says of it in place of its value: of all seeds, for one. */
  readonly summaryOf?: (index: number) => string;
  /** Written beside the point at this index. */
  readonly labelOf?: (index: number) => string;
  /** Dots are rings: what they stand for is not certain yet. */
  readonly isHollow?: boolean;
}

/** What a line is drawn by. */
export function drawnCurve({ curve, isSmoothed }: ChartLine, weight: number): PlotCurve {
  return isSmoothed ? curve.smoothed(weight) : curve;
}

/** Whether a line looks like another, as long as their curve stays the same. */
export function isSameLine(line: ChartLine, other: ChartLine | undefined): boolean {
  return (
    line.label === other?.label &&
    line.colour === other.colour &&
    line.curve === other.curve &&
    line.isSmoothed === other.isSmoothed &&
    line.isDashed === other.isDashed &&
    line.isFaint === other.isFaint &&
    line.points === other.points &&
    line.isHollow === other.isHollow &&
    line.spread === other.spread
  );
}

/** Something that happened at a place of the horizontal axis. */
export interface ChartMark {
  readonly x: number;
  /** `tick`: a checkpoint, a small notch. */
  readonly kind: 'error' | 'warning' | 'info' | 'good' | 'tick';
  readonly text: string;
  /** Label of the line that it happened to: the mark is on it. Through the whole chart where absent. */
  readonly line?: string;
}

/** A stretch of the horizontal axis, shaded. */
export interface ChartRegion {
  readonly from: number;
  readonly to: number;
  /** A colour variable. */
  readonly colour: string;
  /** Written at its top where there is room. */
  readonly label: string;
}

export interface XAxis {
  /** `step`, `beta`. */
  readonly label: string;
  readonly isLog?: boolean;
  readonly format?: (x: number) => string;
  /** Where it is labelled; evenly where absent. */
  readonly ticks?: readonly number[];
  /** The cursor goes from one to the next; anywhere where absent. */
  readonly stops?: readonly number[];
}
