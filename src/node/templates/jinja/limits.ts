import { LimitError } from './errors';

/** Characters of a text that a template makes, the whole output included. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Items of a list that a template makes. */
const MOST_ITEMS = 1_000_000;
/** As in Jinja2's sandbox. */
const LONGEST_RANGE = 100_000;
/** Statements that are run, and items that are walked through. */
const MOST_STEPS = 2_000_000;
/** Characters that are handled in the time of one step. */
const CHARACTERS_A_STEP = 500;
/** Macros that call each other, and loops that call themselves. */
const DEEPEST_CALLS = 200;

/**
 * What the rendering under way has used. It belongs to the module, as one rendering runs at a time: comparing two
 * lists, or printing one, has to count too.
 */
let steps = 0;
let written = 0;
let depth = 0;

/** A rendering begins. */
export function startBudget(): void {
  steps = 0;
  written = 0;
  depth = 0;
}

/** @throws LimitError where the rendering has taken too many steps */
export function spend(count = 1): void {
  steps += count;
  if (steps > MOST_STEPS) throw new LimitError(`it takes more than ${shown(MOST_STEPS)} steps`);
}

/** @throws LimitError as `spend`, for work on a text */
export function spendOnText(characters: number): void {
  spend(1 + characters / CHARACTERS_A_STEP);
}

/** @param characters that are written */
export function spendOutput(characters: number): void {
  written += characters;
  checkLength(written);
}

/** Runs the body of a macro. */
export function spendCall<T>(body: () => T): T {
  if (depth >= DEEPEST_CALLS)
    throw new LimitError(`its macros call each other more than ${DEEPEST_CALLS} deep`);
  depth++;
  try {
    return body();
  } finally {
    depth--;
  }
}

/** @throws LimitError for a text that would be longer than a template may make */
export function checkLength(characters: number): void {
  if (characters > MOST_CHARACTERS) {
    throw new LimitError(`it makes a text of more than ${shown(MOST_CHARACTERS)} characters`);
  }
}

/** @throws LimitError for a list that would be longer than a template may make */
export function checkItems(items: number): void {
  if (items > MOST_ITEMS) throw new LimitError(`it makes a list of more than ${shown(MOST_ITEMS)} items`);
}

/** @throws LimitError as in Jinja2's sandbox */
export function checkRange(items: number): void {
  if (items > LONGEST_RANGE) {
    throw new LimitError(`it asks for a range of more than ${shown(LONGEST_RANGE)} numbers`);
  }
}

function shown(count: number): string {
  return count.toLocaleString('en');
}
