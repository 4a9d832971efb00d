import { isFields } from './read-files';

/** What its user has said about a run: `marks.json` in its folder. */
export interface RunMarks {
  /** Shown in place of the experiment's name. */
  readonly name?: string;
  readonly tags: readonly string[];
  readonly note?: string;
  readonly star: boolean;
  /** Out of the lists, not deleted. */
  readonly archived: boolean;
}

export const NO_MARKS: RunMarks = { tags: [], star: false, archived: false };

/** Characters that are kept of each text. */
const LONGEST = { name: 200, tag: 60, note: 4000 } as const;
const MOST_TAGS = 50;

/** Marks from parsed JSON of whatever origin. Never throws; what cannot be used is left out. */
export function runMarksOf(value: unknown): RunMarks {
  if (!isFields(value)) return NO_MARKS;
  const { name, tags, note, star, archived } = value;
  const texts = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  return {
    ...textOf('name', oneLine(name), LONGEST.name),
    tags: [...new Set(texts.map((tag) => oneLine(tag)?.slice(0, LONGEST.tag) ?? '').filter(Boolean))].slice(
      0,
      MOST_TAGS,
    ),
    ...textOf('note', typeof note === 'string' ? note.trim() : undefined, LONGEST.note),
    star: star === true,
    archived: archived === true,
  };
}

/** `a, b` as tags. */
export function tagsOf(text: string): string[] {
  return runMarksOf({ tags: text.split(',') }).tags.slice();
}

function oneLine(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : undefined;
}

function textOf<K extends string>(
  key: K,
  text: string | undefined,
  longest: number,
): { readonly [P in K]?: string } {
  return (text ? { [key]: text.slice(0, longest) } : {}) as { readonly [P in K]?: string };
}
