import type { RunOverview } from '../runs/run-snapshot';
import type { Range } from '../words/text';

/** What the editor shows, as plain data: `src/host` turns it into VS Code's objects. Texts are Markdown. */

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

export interface Completion {
  readonly label: string;
  readonly kind: 'section' | 'key' | 'value' | 'model' | 'file' | 'column';
  /** Beside the label. */
  readonly detail?: string;
  readonly markdown?: string;
  /** What is replaced. */
  readonly range: Range;
  readonly newText: string;
}

/** Names found outside the text, for completion. */
export interface Resources {
  /** Hub ids in the local cache. */
  readonly models: readonly string[];
  /** Data files near the config, relative to it, with forward slashes. */
  readonly dataFiles: readonly string[];
}

export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'section' | 'option' | 'unknown';
  readonly range: Range;
  readonly nameRange: Range;
  readonly children: readonly OutlineItem[];
}

/** A line of actions above a setting. */
export interface Lens {
  readonly range: Range;
  readonly title: string;
  readonly tooltip: string;
  readonly action: LensAction;
}

export type LensAction =
  | { readonly kind: 'edit'; readonly newText: string; readonly range: Range }
  | { readonly kind: 'explain'; readonly code: string }
  | { readonly kind: 'page'; readonly page: Page }
  /** Of one training of the file: the first where no number says otherwise. */
  | { readonly kind: 'switchReference'; readonly experiment?: number }
  | ({ readonly kind: 'convert' } & ConversionRequest)
  /** The version of a trainer that a file is judged with. */
  | { readonly kind: 'chooseVersion' }
  | { readonly kind: 'train' }
  /** Betas where they are not those of the config. */
  | { readonly kind: 'sweep'; readonly betas?: readonly number[] }
  | { readonly kind: 'computeReference' }
  | { readonly kind: 'compareReference' }
  | { readonly kind: 'openRun'; readonly folder: string }
  /** By the folder of one of its arms. */
  | { readonly kind: 'openSweep'; readonly folder: string }
  | { readonly kind: 'showRuns' };

/** What lenses tell beyond the config: its runs, and what is there of its reference. */
export interface LensState {
  /** Whether the file's trainer can be started, and processes may be. */
  readonly canStart: boolean;
  /** Started from this config file, oldest first. */
  readonly runs: readonly RunOverview[];
  /** Pairs of the finished table of reference log-probabilities, where there is one. */
  readonly cachedPairs?: number;
}

/** What a conversion is asked for; what is absent is asked of the user. */
export interface ConversionRequest {
  /** Which training of the file, from 0. */
  readonly experiment?: number;
  readonly target?: string;
  /** A sweep over these, in a config of DPO Lab. */
  readonly betas?: readonly number[];
}

/** Pages made from one config. */
export type Page = 'reference' | 'memory';
