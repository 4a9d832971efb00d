import type { OptionPath } from './config';
import { showNumber } from './describe';
import type { Option, OptionType, Section } from './option-types';
import { OPTIONS, SECTIONS } from './options';

/** Look-ups in the option table. */

export const OPTION_PATHS = Object.keys(OPTIONS) as OptionPath[];

export function isOptionPath(path: string): path is OptionPath {
  return Object.hasOwn(OPTIONS, path);
}

export function optionAt(path: OptionPath): Option;
export function optionAt(path: string): Option | undefined;
export function optionAt(path: string): Option | undefined {
  return isOptionPath(path) ? OPTIONS[path] : undefined;
}

const SECTION_BY_PATH = new Map<string, Section>(SECTIONS.map((section) => [section.path, section]));

export function sectionAt(path: string): Section | undefined {
  return SECTION_BY_PATH.get(path);
}

export interface Child {
  /** Last part of the path. */
  readonly key: string;
  readonly path: string;
  readonly why: string;
  /** Undefined for a section without a shorthand. */
  readonly type: OptionType | undefined;
  readonly isSection: boolean;
}

/** The keys that may be written in a section; of the whole file for the empty path. */
export function childrenOf(section: string): Child[] {
  const prefix = section === '' ? '' : `${section}.`;
  const isChild = (path: string): boolean =>
    path.startsWith(prefix) && !path.slice(prefix.length).includes('.');
  const sections = SECTIONS.filter((candidate) => isChild(candidate.path)).map((candidate: Section) => ({
    key: candidate.path.slice(prefix.length),
    path: candidate.path,
    why: candidate.why,
    type: candidate.shorthand ? optionAt(`${candidate.path}.${candidate.shorthand}`)?.type : undefined,
    isSection: true,
  }));
  const options = OPTION_PATHS.filter(isChild).map((path) => ({
    key: path.slice(prefix.length),
    path,
    why: OPTIONS[path].why,
    type: OPTIONS[path].type,
    isSection: false,
  }));
  return [...sections, ...options];
}

/** The option's default; one that depends on another option is given for that option's own default. */
export function defaultOf(path: OptionPath, choice?: string): unknown {
  const fallback = optionAt(path).default;
  if (
    fallback === undefined ||
    typeof fallback !== 'object' ||
    Array.isArray(fallback) ||
    !('by' in fallback)
  )
    return fallback;
  return fallback.values[choice ?? String(optionAt(fallback.by)?.default)];
}

/** The default in words, such as `5e-6 (lora), 5e-7 (full)`. */
export function describeDefault(path: OptionPath): string | undefined {
  const fallback = optionAt(path).default;
  if (fallback === undefined) return undefined;
  if (typeof fallback === 'object' && 'by' in fallback) {
    return Object.entries(fallback.values)
      .map(([choice, value]) => `${showNumber(value)} (${choice})`)
      .join(', ');
  }
  return Array.isArray(fallback) ? `[${fallback.join(', ')}]` : String(fallback);
}
