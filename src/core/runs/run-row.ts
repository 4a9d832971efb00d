import { flattenConfig } from '../config/resolved';
import { fromJsonNumber, type MetricName } from './format';
import type { ShownState } from './liveness';
import { armOf } from './read-files';
import { NO_MARKS } from './run-marks';
import { alarmInShort, graveAlarms, type RunOverview, runName } from './run-snapshot';
import { producerInShort, stepsInShort } from './run-words';

/** A run in the table of all runs: what it is, how it is, and its newest numbers. NaN where nothing is known. */
export interface RunRow {
  readonly id: string;
  readonly folder: string;
  /** Given by its user, else the experiment's. */
  readonly name: string;
  readonly experiment: string;
  readonly sweep: string;
  readonly beta: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly state: ShownState;
  /** `120/500`. */
  readonly steps: string;
  /** Milliseconds since 1970; 0 where not known. */
  readonly created: number;
  /** Milliseconds of training; NaN where it has not ended. */
  readonly took: number;
  readonly model: string;
  readonly reference: string;
  readonly data: string;
  readonly loss: string;
  readonly trainer: string;
  /** In short, the gravest first. */
  readonly alarms: string;
  /** Shares, nats, tokens: newest values, of held-out pairs where there are any. */
  readonly winRate: number;
  readonly accuracy: number;
  readonly lengthRatio: number;
  readonly ended: number;
  readonly eosDrift: number;
  readonly kl: number;
  readonly trainLoss: number;
  readonly tags: readonly string[];
  readonly note: string;
  readonly star: boolean;
  readonly archived: boolean;
}

export function runRow(overview: RunOverview): RunRow {
  const { id, folder, state, status, run, train, eval: held, marks = NO_MARKS } = overview;
  const config = run ? flattenConfig(run.config) : {};
  const newest = { ...train, ...held };
  const value = (name: MetricName): number => fromJsonNumber(newest[name]);
  const experiment = run ? runName(run) : id;
  const { beta, seed } = run ? armOf(run) : { beta: Number.NaN, seed: Number.NaN };
  const { started, ended } = status ?? {};
  return {
    id,
    folder,
    name: marks.name ?? experiment,
    experiment,
    sweep: run?.sweep ?? '',
    beta,
    seed,
    learningRate: config['training.learning_rate'] ?? Number.NaN,
    state,
    steps: stepsInShort(overview),
    created: run?.created ?? 0,
    took: started !== undefined && ended !== undefined ? ended - started : Number.NaN,
    model: lastPart(config['model.path']),
    reference:
      config['reference.policy'] === 'same' ? 'starting policy' : lastPart(config['reference.policy']),
    data: lastPart(config['data.train.path']),
    loss: config['objective.loss'] ?? '',
    trainer: run ? producerInShort(run.producer) : '',
    alarms: [...new Set(graveAlarms(overview).map(alarmInShort))].join(', '),
    winRate: value('win_rate'),
    accuracy: value('accuracy'),
    lengthRatio: value('generated_length') / value('reference_generated_length'),
    ended: value('ended'),
    eosDrift: value('eos_drift'),
    kl: value('kl'),
    trainLoss: fromJsonNumber(train.loss),
    tags: marks.tags,
    note: marks.note ?? '',
    star: marks.star,
    archived: marks.archived,
  };
}

function lastPart(path: unknown): string {
  return typeof path === 'string' ? path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '') : '';
}
