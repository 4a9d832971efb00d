import type { OptionPath } from '../config/config';
import type { Experiment, Setting } from '../config/experiment';
import { OPTION_PATHS } from '../config/table';
import { LineIndex } from '../words/text';
import type { Checked } from './check';

/** What one training of a file is, whichever trainer it is written for, as plain data. */
export interface DescribedExperiment {
  /** The name of the dialect, such as `llamafactory`. */
  readonly dialect: string;
  readonly trainer: string;
  /** The version that the file is judged with; null where the dialect has none. */
  readonly version: string | null;
  readonly settings: Readonly<Record<OptionPath, DescribedSetting>>;
  /** What the reference effectively is, in words. */
  readonly reference: string;
}

export interface DescribedSetting {
  /** In the words of the option table; as written where the table has no word for it; null where the file does not decide it. */
  readonly value: unknown;
  readonly given: boolean;
  /** The key as the file spells it; null where such a file has no key for it. */
  readonly key: string | null;
  /** Where the key stands, from 1; null where nothing is written, or in another file. */
  readonly line: number | null;
}

/** Every training of a file. */
export function describeExperiments({ experiments, text }: Checked): DescribedExperiment[] {
  const lines = new LineIndex(text);
  return experiments.map((experiment) => describeOne(experiment, lines));
}

function describeOne(experiment: Experiment, lines: LineIndex): DescribedExperiment {
  const { dialect, program, version, reference } = experiment.trainer;
  const settings = OPTION_PATHS.map((path) => [path, describeSetting(path, experiment, lines)]);
  return {
    dialect,
    trainer: program,
    version: version ?? null,
    settings: Object.fromEntries(settings) as DescribedExperiment['settings'],
    reference,
  };
}

function describeSetting(path: OptionPath, experiment: Experiment, lines: LineIndex): DescribedSetting {
  const setting: Setting<unknown> = experiment.get(path);
  const isWritten = setting.given || setting.malformed || setting.written !== undefined;
  // What a file builds upon may name another reference.
  const entries = experiment.own?.entries;
  const mayBeElsewhere = setting.expressible && (entries?.mayHaveMore || entries?.lacksTrainer);
  const isImplied = path === 'reference.policy' && !setting.malformed && !mayBeElsewhere;
  return {
    value: isWritten ? decidedValue(setting) : isImplied ? (setting.value ?? null) : null,
    given: isWritten,
    key: setting.expressible ? setting.key : null,
    line: isWritten && setting.keyRange ? lines.position(setting.keyRange.start).line + 1 : null,
  };
}

function decidedValue({ given, value, open, written }: Setting<unknown>): unknown {
  if (given) return value ?? null;
  return open ? null : (written ?? null);
}
