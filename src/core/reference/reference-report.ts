import type { Compatibility } from './compatibility';
import type { Verdict } from './compatibility-verdict';
import type { ReferenceSummary } from './reference-summary';

/** What `dpo-lab reference` asks of the trainer's process, as JSON in its argument. */
export interface ReferenceQuery {
  /** Every option with its value, nested as in a config file. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Absolute: relative paths of the config start here. */
  readonly baseFolder: string;
  /** Absolute: `.dpo`. */
  readonly dataFolder: string;
}

/** A line of the process's standard output, as JSON. The report comes last. */
export type ReferenceLine =
  | {
      readonly kind: 'progress';
      readonly activity: ReferenceActivity;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'report'; readonly report: ReferenceReport };

/** Loading and reading are counted in bytes, scoring in pairs. `policy` scores with the policy, to compare with. */
export type ReferenceActivity = 'loading' | 'reading' | 'reference' | 'policy';

/** What `dpo-lab reference --json` prints. Keys are only added while the version stays the same. */
export interface ReferenceReport {
  readonly version: 1;
  /** The model that scored, as the config names it. */
  readonly policy: string;
  readonly source: 'computed' | 'columns';
  readonly score: 'conditional' | 'prior';
  /** Of the table, with its folder; absent for columns. */
  readonly key?: string;
  readonly folder?: string;
  /** The table was complete before. */
  readonly reused: boolean;
  readonly trainPairs: number;
  readonly evalPairs: number;
  readonly summary: ReferenceSummary;
  /** Tokens of the longest prompt with its response, as the reference sees it. */
  readonly longest: number;
  /** Of a reference that is another model than the policy. */
  readonly compatibility?: Compatibility & Verdict;
  readonly warnings: readonly string[];
}
