import type { Config } from '../../core/config/config';
import type { PlacedRow } from '../../node/data/all-rows';
import type { JsonObject } from '../../node/files/json';
import { TrainingError } from '../training-error';

/** Reference log-probabilities that came with a pair: sums over the tokens of a response, in nats. */
export interface PairLogprobs {
  readonly chosen: number;
  readonly rejected: number;
}

const SIDES = ['chosen', 'rejected'] as const;
type Side = (typeof SIDES)[number];

/** Columns that can hold log-probabilities, by side; the first that a row has is taken. */
export interface LogprobColumns {
  readonly chosen: readonly string[];
  readonly rejected: readonly string[];
}

/** Undefined where the config does not ask for columns. */
export function logprobColumns(config: Config): LogprobColumns | undefined {
  if (config['reference.logprobs'] !== 'columns') return undefined;
  const named = (side: Side): string | undefined => config[`data.columns.${side}_logprob`];
  const usual = (side: Side): string[] => [`${side}_logprob`, `ref_${side}_logps`];
  const of = (side: Side): readonly string[] => {
    const name = named(side);
    return name === undefined ? usual(side) : [name];
  };
  return { chosen: of('chosen'), rejected: of('rejected') };
}

/** @throws TrainingError that names the row which lacks a log-probability, or has no number there */
export function readLogprobs(placed: PlacedRow, columns: LogprobColumns): PairLogprobs {
  return {
    chosen: readLogprob(placed, 'chosen', columns.chosen),
    rejected: readLogprob(placed, 'rejected', columns.rejected),
  };
}

function readLogprob({ row, place }: PlacedRow, side: Side, columns: readonly string[]): number {
  const column = columns.find((name) => cell(row, name) !== undefined);
  if (column === undefined) {
    throw new TrainingError(
      `${place()} has no value in ${columns.join(' or ')}, the reference log-probability of the ${side} response. Name its column as data.columns.${side}_logprob, or set reference.logprobs to compute.`,
    );
  }
  const value = cell(row, column);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TrainingError(
    `${place()} has ${shown(value)} in ${column}, which is no number. Write the sum of log-probabilities in nats there, or set reference.logprobs to compute.`,
  );
}

function cell(row: JsonObject, column: string): unknown {
  return Object.hasOwn(row, column) ? (row[column] ?? undefined) : undefined;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
