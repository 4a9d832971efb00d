import { flattenConfig } from '../config/resolved';
import type { RunFile } from '../runs/format';
import type { ShownState } from '../runs/liveness';
import { armOf } from '../runs/read-files';
import { runName } from '../runs/run-snapshot';
import { producerInShort, runTitle, stateSentence } from '../runs/run-words';
import { count, listed } from '../words/counts';
import { decimal } from '../words/numbers';
import { type ShortAlarm, shortAlarms } from './gravest-alarms';
import type { RunDetails } from './make-run-page';
import { byBetaAndSeed } from './sweep-arm';

/** What the panel that lays runs over one another shows, besides their curves. */
export interface ComparePage {
  readonly kind: 'compare';
  readonly title: string;
  readonly runs: readonly ComparedRun[];
  /** `Only beta and seed differ.`; empty where labels do not tell everything that differs. */
  readonly differsInLabels: string;
  /** Settings that are not the same in all runs: path, and the value in each run, in the order of `runs`. */
  readonly differences: readonly { readonly setting: string; readonly values: readonly string[] }[];
  /** Runs that are not there any more, by id. */
  readonly missing: readonly string[];
}

export interface ComparedRun {
  readonly id: string;
  readonly folder: string;
  /** What tells it from the others, such as `beta 0.01, seed 1`. */
  readonly label: string;
  readonly beta: number;
  readonly state: ShownState;
  readonly sentence: string;
  /** Each kind once, the gravest first; none that is normal. */
  readonly alarms: readonly ShortAlarm[];
}

export type ComparedFiles = Pick<
  RunDetails,
  'id' | 'folder' | 'state' | 'run' | 'status' | 'problem' | 'alarms'
>;

/** @param unsorted at least one */
export function comparePageOf(unsorted: readonly ComparedFiles[], missing: readonly string[]): ComparePage {
  const runs = unsorted.toSorted(byBetaAndSeed);
  const differences = differencesOf(runs);
  const labels = labelsOf(runs, differences);
  return {
    kind: 'compare',
    title: titleOf(runs),
    runs: runs.map((run, index) => ({
      id: run.id,
      folder: run.folder,
      label: labels[index] ?? run.id,
      beta: run.run ? armOf(run.run).beta : Number.NaN,
      state: run.state,
      sentence: stateSentence({ ...run, train: {}, eval: {} }),
      alarms: shortAlarms(run.alarms),
    })),
    differsInLabels: differsInLabels(differences),
    differences,
    missing,
  };
}

type Differences = ComparePage['differences'];

function titleOf(runs: readonly ComparedFiles[]): string {
  const experiments = new Set(runs.map(({ run }) => run && runName(run)));
  const [only] = experiments;
  return `Compare ${count(runs.length, 'run')}${experiments.size === 1 && only ? ` of ${only}` : ''}`;
}

/** Settings of a run that stand beside its config. */
function settingsOf(run: RunFile): Readonly<Record<string, unknown>> {
  return {
    ...flattenConfig(run.config),
    'config file': runName(run),
    trainer: producerInShort(run.producer),
    ...Object.fromEntries(
      Object.entries(run.versions).map(([name, version]) => [`version of ${name}`, version]),
    ),
    ...(run.gitCommit !== undefined && { 'git commit': run.gitCommit.slice(0, 10) }),
  };
}

function differencesOf(runs: readonly ComparedFiles[]): Differences {
  const all = runs.map(({ run }) => (run ? settingsOf(run) : {}));
  const settings = [...new Set(all.flatMap((of) => Object.keys(of)))];
  return settings.flatMap((setting) => {
    const values = all.map((of) => inWords(of[setting]));
    // A run that cannot be read differs in nothing that is known.
    const known = values.filter((_, index) => runs[index]?.run);
    return new Set(known).size > 1 ? [{ setting, values }] : [];
  });
}

/** Lists of probes can be long; what differs is that they do. */
const LONGEST = 120;

function inWords(value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'number')
    return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

/** Of the settings that differ, those that a label has room for: beta and seed first. */
const FOR_LABELS = [
  'objective.beta',
  'training.seed',
  'config file',
  'reference.policy',
  'training.learning_rate',
];

function differsInLabels(differences: Differences): string {
  const names = differences.map(({ setting }) => setting);
  if (names.length === 0 || !names.every((name) => FOR_LABELS.includes(name))) return '';
  const told = FOR_LABELS.filter((setting) => names.includes(setting));
  return `Only ${listed(told.map((setting) => nameOf(setting) || setting))} ${told.length === 1 ? 'differs' : 'differ'}.`;
}

function labelsOf(runs: readonly ComparedFiles[], differences: Differences): string[] {
  const chosen = FOR_LABELS.flatMap((setting) => differences.filter((found) => found.setting === setting));
  const words = runs.map((run, index) =>
    chosen.length === 0
      ? runTitle(run)
      : chosen
          .map(({ setting, values }) => `${nameOf(setting)} ${settingInWords(setting, values[index] ?? '')}`)
          .join(', '),
  );
  // Runs of the same settings are told apart by the end of their ids, which is drawn by chance.
  return words.map((label, index) =>
    words.filter((other) => other === label).length > 1
      ? `${label} (${(runs[index]?.id ?? '').replace(/^.*-/, '')})`
      : label,
  );
}

function nameOf(setting: string): string {
  const name = setting.replace(/^.*\./, '').replaceAll('_', ' ');
  return setting === 'config file' ? '' : setting === 'reference.policy' ? 'reference' : name;
}

function settingInWords(setting: string, value: string): string {
  return setting === 'objective.beta' ? decimal(Number(value)) : value;
}
