import type { MetricsLine, Sample } from '../runs/format';
import type { RunRow } from '../runs/run-row';
import type { ComparePage } from './compare-page';
import type { PairsPage, PairsQuestion } from './pairs-page';
import type { RunAction, RunPage } from './run-page';
import type { SweepPage } from './sweep-page';
import type { WayOut } from './ways-out';

/**
 * What the program that owns the data and a panel say to each other. A panel is a projection: it keeps nothing but where
 * its reader looks, may be destroyed at any moment, and is filled again by the same messages, which also are the content
 * of a report.
 */

/** What a panel is about. Survives a restart of the editor, so it names folders, which every window can find. */
export type PanelAddress =
  | { readonly kind: 'run'; readonly folder: string }
  | { readonly kind: 'sweep'; readonly dataFolder: string; readonly sweep: string }
  | { readonly kind: 'compare'; readonly folders: readonly string[] }
  | { readonly kind: 'pairs'; readonly folder: string }
  /** All runs of the workspace. */
  | { readonly kind: 'runs' };

/** To a panel. */
export type ToPanel =
  /** All but curves, texts and log. Replaces the page before. */
  | { readonly kind: 'page'; readonly page: PanelPage }
  /** Points that were measured since the last message about this run; all of them where `restart` says so. */
  | {
      readonly kind: 'curves';
      readonly run: string;
      readonly restart: boolean;
      readonly parts: readonly CurvePart[];
    }
  /** Rows of the table of all runs that are new or others than before, and folders of runs that are gone. */
  | { readonly kind: 'rows'; readonly rows: readonly RunRow[]; readonly removed: readonly string[] }
  /** Generated texts of every evaluation, oldest first. */
  | { readonly kind: 'texts'; readonly evaluations: readonly Evaluation[] }
  /** The end of `output.log`. */
  | { readonly kind: 'log'; readonly text: string }
  /** A question is being worked on. */
  | { readonly kind: 'progress'; readonly question: number; readonly words: string }
  | { readonly kind: 'answer'; readonly question: number; readonly ok: unknown }
  | { readonly kind: 'answer'; readonly question: number; readonly err: string };

export type PanelPage = RunPage | SweepPage | ComparePage | PairsPage | RunsPage | GonePage;

/** From a panel. */
export type FromPanel =
  /** It can be filled: sent once, when its script runs. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'do'; readonly action: PanelAction }
  /** Gets an `answer` with the same number. */
  | { readonly kind: 'ask'; readonly question: number; readonly about: PairsQuestion };

/** What buttons of panels do. Runs are named by their folders. */
export type PanelAction =
  | { readonly kind: RunAction; readonly run: string }
  | { readonly kind: 'openSweep' | 'reportSweep'; readonly sweep: string }
  | { readonly kind: 'openConfig'; readonly file: string }
  | { readonly kind: 'useBeta'; readonly config: string; readonly beta: number }
  /** Writes options into the config, for the next run. */
  | { readonly kind: 'changeConfig'; readonly config: string; readonly changes: WayOut['changes'] }
  | { readonly kind: 'compare' | 'deleteAll'; readonly runs: readonly string[] }
  | { readonly kind: 'mark'; readonly mark: Mark; readonly runs: readonly string[] }
  | { readonly kind: 'resumeAll'; readonly runs: readonly string[] }
  | {
      readonly kind: 'sweepBeta';
      readonly config: string;
      readonly betas: readonly number[];
      readonly seeds: number;
    }
  /** Numbers, as CSV. */
  | { readonly kind: 'saveText'; readonly name: string; readonly text: string }
  /** A picture of a chart, as PNG in base64. */
  | { readonly kind: 'savePicture'; readonly name: string; readonly png: string };

/**
 * Points of one curve. Steps ascend; values are in the unit that `METRICS` names where it knows the metric, NaN and
 * infinities included.
 */
export interface CurvePart {
  readonly split: MetricsLine['split'];
  readonly name: string;
  readonly steps: Uint32Array;
  readonly values: Float32Array;
}

export interface Evaluation {
  readonly step: number;
  readonly samples: readonly Sample[];
}

/** What a user does to runs in the table: rename and the like ask for the text. */
export const MARKS = ['star', 'unstar', 'archive', 'unarchive', 'rename', 'tag', 'note'] as const;
export type Mark = (typeof MARKS)[number];

/** The table of all runs. Its rows come in messages of their own. */
export interface RunsPage {
  readonly kind: 'runs';
  readonly title: string;
}

/** There is nothing to show any more, or not yet. */
export interface GonePage {
  readonly kind: 'gone';
  readonly title: string;
  /** Why, and what to do next. */
  readonly words: string;
}
