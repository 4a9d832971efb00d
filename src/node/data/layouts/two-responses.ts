import { isObject, type JsonObject } from '../../files/json';
import { NoPair } from '../messages';
import { cell, hasColumn } from './row-values';

/** The two responses of a row, as it holds them. */
export interface TwoResponses {
  readonly chosen: unknown;
  readonly rejected: unknown;
  readonly columns: readonly string[];
  readonly layout?: string;
}

/** Pairs of columns with both responses, the better one first. */
const NAMED = [
  ['chosen_response', 'rejected_response'],
  ['response_j', 'response_k'],
  ['preferred_output', 'non_preferred_output'],
] as const;

/** Two answers, and a column that says which is better: for the first, for the second. */
const LABELLED = [
  { a: 'response_0', b: 'response_1', label: 'better_response_id', first: [0, '0'], second: [1, '1'] },
  { a: 'human_ref_A', b: 'human_ref_B', label: 'labels', first: [1, '1'], second: [0, '0'] },
  ...(['winner', 'preference', 'label'] as const).flatMap((label) => [
    { a: 'response_a', b: 'response_b', label, first: FIRST(), second: SECOND() },
    { a: 'conversation_a', b: 'conversation_b', label, first: FIRST(), second: SECOND() },
    { a: 'answer_a', b: 'answer_b', label, first: FIRST(), second: SECOND() },
  ]),
] as const;

function FIRST(): readonly unknown[] {
  return ['a', 'A', 'model_a', 'response_a'];
}

function SECOND(): readonly unknown[] {
  return ['b', 'B', 'model_b', 'response_b'];
}

const LISTS = ['completions', 'responses', 'answers', 'outputs', 'output', 'generations'] as const;
const SCORES = ['scores', 'ratings', 'ranks', 'rating', 'score', 'rank'] as const;

/** All columns that responses may be read from, beside the config's. */
export const RESPONSE_COLUMNS: readonly string[] = [
  ...NAMED.flat(),
  ...LABELLED.flatMap(({ a, b, label }) => [a, b, label]),
  ...LISTS,
  ...SCORES,
  'label',
  'completion',
  'response',
  'kto_tag',
];

/**
 * The two responses of a row: in the columns that the config names, in columns with other known names, as answers with a
 * label which one is better, or as a ranked list where the config chooses how it becomes a pair.
 *
 * @param ranked `data.ranked`
 * @throws NoPair that names what the row holds instead
 */
export function twoResponses(
  row: JsonObject,
  columns: { readonly chosen: string; readonly rejected: string },
  ranked: 'refuse' | 'best_worst',
): TwoResponses {
  const [chosen, rejected] = [cell(row, columns.chosen), cell(row, columns.rejected)];
  if (chosen !== undefined && rejected !== undefined) {
    return { chosen, rejected, columns: [columns.chosen, columns.rejected] };
  }
  const names = NAMED.find(([better, worse]) => hasColumn(row, better) && hasColumn(row, worse));
  if (names) {
    return { chosen: cell(row, names[0]), rejected: cell(row, names[1]), columns: [...names] };
  }
  const found =
    chosen === undefined && rejected === undefined ? (labelled(row) ?? rankedList(row, ranked)) : undefined;
  if (found) return found;
  throw new NoPair(whatElse(row, chosen, rejected));
}

function labelled(row: JsonObject): TwoResponses | undefined {
  const layout = LABELLED.find(({ a, b, label }) => [a, b, label].every((name) => hasColumn(row, name)));
  if (!layout) return undefined;
  const { a, b, label } = layout;
  const value = row[label];
  const isFirst = (layout.first as readonly unknown[]).includes(value);
  if (!isFirst && !(layout.second as readonly unknown[]).includes(value)) {
    throw new NoPair(
      `${label} is ${JSON.stringify(value)}, which says of neither response that it is better. Leave ties out: dpo-lab data FILE --write writes a file without them.`,
    );
  }
  const [better, worse] = isFirst ? [a, b] : [b, a];
  return {
    chosen: row[better],
    rejected: row[worse],
    columns: [a, b, label],
    layout: 'answers with a label',
  };
}

interface Ranked {
  readonly answer: unknown;
  /** The better, the higher. */
  readonly worth: number;
}

function rankedList(row: JsonObject, choice: 'refuse' | 'best_worst'): TwoResponses | undefined {
  const column = LISTS.find((name) => isListOfAnswers(cell(row, name)));
  if (column === undefined) return undefined;
  const scores = SCORES.find((name) => Array.isArray(cell(row, name)));
  if (choice === 'refuse') {
    throw new NoPair(
      `${column} is a ranked list of answers, which can become pairs in several ways. Write data.ranked: best_worst to compare the best with the worst.`,
    );
  }
  const list = row[column] as readonly unknown[];
  const worths = scores === undefined ? undefined : (row[scores] as readonly unknown[]);
  const entries = list.map((entry, index) => ranked(entry, index, worths?.[index], scores));
  const best = entries.reduce((a, b) => (b.worth > a.worth ? b : a));
  const worst = entries.reduce((a, b) => (b.worth < a.worth ? b : a));
  if (best.worth === worst.worth)
    throw new NoPair(`All answers in ${column} are equally good: there is nothing to compare.`);
  return {
    chosen: best.answer,
    rejected: worst.answer,
    columns: scores === undefined ? [column] : [column, scores],
    layout: 'ranked list',
  };
}

const ANSWER_KEYS = ['response', 'answer', 'text', 'completion', 'content', 'output'] as const;

function isListOfAnswers(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    (value as readonly unknown[]).every(
      (entry) =>
        typeof entry === 'string' ||
        (isObject(entry) && !('role' in entry) && ANSWER_KEYS.some((key) => typeof entry[key] === 'string')),
    )
  );
}

/** Without scores the first of the list is the best. */
function ranked(entry: unknown, index: number, worth: unknown, scores: string | undefined): Ranked {
  const object = isObject(entry) ? entry : {};
  const key = ANSWER_KEYS.find((name) => typeof object[name] === 'string');
  const answer = key === undefined ? entry : object[key];
  const rank = numberOf(object.rank ?? (scores?.startsWith('rank') ? worth : undefined));
  if (rank !== undefined) return { answer, worth: -rank };
  const score = numberOf(object.overall_score ?? object.score ?? object.rating ?? worth);
  if (scores !== undefined && score === undefined) {
    throw new NoPair(`Answer ${index + 1} has no number in ${scores}.`);
  }
  return { answer, worth: score ?? -index };
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** What the row is instead of a pair. */
function whatElse(row: JsonObject, chosen: unknown, rejected: unknown): string {
  if (chosen !== undefined) return 'The row has no rejected response.';
  if (rejected !== undefined) return 'The row has no chosen response.';
  const has = (...names: readonly string[]): boolean => names.some((name) => cell(row, name) !== undefined);
  if (
    has('kto_tag') ||
    (has('label', 'labels') && has('completion', 'completions', 'response', 'output', 'messages'))
  ) {
    return 'The row has one answer with a label, as KTO reads it (unpaired preferences), not two answers to compare. Join a good and a bad answer to the same prompt as chosen and rejected.';
  }
  if (has('messages', 'conversations', 'completion', 'response', 'output')) {
    return 'The row has one answer, as for supervised fine-tuning, and no chosen and rejected response to compare.';
  }
  return 'The row has no chosen response.';
}
