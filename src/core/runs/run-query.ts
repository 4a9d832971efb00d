import type { RunRow } from './run-row';

/** One word of a search: in any text of a run, or in the field that is named before a colon. */
interface Term {
  readonly field: keyof typeof FIELDS | undefined;
  readonly word: string;
  readonly isNot: boolean;
}

/** Fields that a search can name. */
const FIELDS = {
  name: ({ name, experiment }: RunRow) => [name, experiment],
  beta: ({ beta }: RunRow) => [String(beta)],
  seed: ({ seed }: RunRow) => [String(seed)],
  state: ({ state }: RunRow) => [state],
  data: ({ data }: RunRow) => [data],
  model: ({ model }: RunRow) => [model],
  reference: ({ reference }: RunRow) => [reference],
  trainer: ({ trainer }: RunRow) => [trainer],
  loss: ({ loss }: RunRow) => [loss],
  tag: ({ tags }: RunRow) => tags,
  alarm: ({ alarms }: RunRow) => [alarms],
  note: ({ note }: RunRow) => [note],
  id: ({ id }: RunRow) => [id],
} as const satisfies Record<string, (row: RunRow) => readonly string[]>;

/** These are compared whole: `beta:0.1` is not `beta:0.15`. */
const EXACT: ReadonlySet<string> = new Set(['beta', 'seed']);

export const SEARCH_HELP = `Words, or ${Object.keys(FIELDS)
  .slice(0, 4)
  .map((field) => `${field}:`)
  .join(' ')} ... before one; - in front: not`;

/**
 * Which rows a search means: all of its words have to fit. `goldilocks beta:0.2 -state:failed "two words"`.
 *
 * @returns a test for one row
 */
export function runQuery(text: string): (row: RunRow) => boolean {
  const terms = [...text.toLowerCase().matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))/g)].map(
    ([, minus, field = '', quoted, bare = '']): Term => {
      const isField = Object.hasOwn(FIELDS, field);
      const word = quoted ?? bare;
      return {
        field: isField ? (field as keyof typeof FIELDS) : undefined,
        word: isField || field === '' ? word : `${field}:${word}`,
        isNot: minus === '-',
      };
    },
  );
  return (row) => terms.every((term) => fits(term, row) !== term.isNot);
}

function fits({ field, word }: Term, row: RunRow): boolean {
  const texts = field ? FIELDS[field](row) : Object.values(FIELDS).flatMap((of) => of(row));
  if (field && EXACT.has(field)) return texts.some((text) => text === word || Number(text) === Number(word));
  return texts.some((text) => text.toLowerCase().includes(word));
}
