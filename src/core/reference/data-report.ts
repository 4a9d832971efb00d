import type { DataLayout } from '../facts';

/** What `dpo-lab data` asks of the trainer's process, as JSON in its argument. */
export interface DataRequest {
  /** Every option with its value, nested as in a config file; without a model nothing is tokenized. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Absolute: relative paths of the config start here. */
  readonly baseFolder: string;
  readonly dataFolder: string;
  /** Absolute: a clean file to write, of the training data. */
  readonly write?: string;
}

/** What `dpo-lab data --json` prints. Keys are only added while the version stays the same. */
export interface DataReport {
  readonly version: 1;
  readonly train: DataSetReport;
  readonly eval?: DataSetReport;
  /** Held-out pairs with a prompt that is trained on, too; absent without `data.eval`. */
  readonly sharedPrompts?: number;
  /** The clean file and its manifest. */
  readonly written?: { readonly file: string; readonly manifest: string; readonly pairs: number };
}

export interface DataSetReport {
  readonly files: readonly string[];
  /** Of the first pair; absent where no row is one. */
  readonly layout?: DataLayout;
  /** Columns of the first row that pairs may be read from. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Pairs to train on: rows without those that are left out. */
  readonly pairs: number;
  readonly leftOut: readonly LeftOut[];
  /** Pairs that were there before, and those with a prompt that was there before. */
  readonly repeatedPairs: number;
  readonly repeatedPrompts: number;
  /** Of the first pairs, in tokens before any cut; absent without a model. */
  readonly lengths?: {
    readonly pairs: number;
    readonly prompt: Lengths;
    readonly chosen: Lengths;
    readonly rejected: Lengths;
    /** Pairs that are longer than the limits. */
    readonly cut: number;
  };
  readonly examples: readonly DataExample[];
}

/** Rows that are no pair, or give nothing to learn. */
export interface LeftOut {
  /** A sentence. */
  readonly reason: string;
  readonly rows: number;
  /** Where the first is. */
  readonly first: string;
}

interface Lengths {
  readonly median: number;
  readonly longest: number;
}

/** A pair as the model sees it. */
export interface DataExample {
  readonly row: number;
  /** Text, or messages as JSON, where nothing was tokenized. */
  readonly prompt: string;
  readonly chosen: DataExampleSide;
  readonly rejected: DataExampleSide;
}

export interface DataExampleSide {
  readonly text: string;
  /** Of the response, which are scored; absent where nothing was tokenized. */
  readonly tokens?: readonly string[];
  /** The last tokens hold the end-of-sequence token. */
  readonly ended?: boolean;
}
