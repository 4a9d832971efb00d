import type { ErrorObject } from 'ajv';
import type { Problem } from '../problem';
import type { Range } from '../words/text';
import { describeType, showValue } from './describe';
import { type EditableText, setValue, yamlValue } from './edit';
import type { OptionType } from './option-types';
import { validateConfig } from './schema-validator';
import { optionAt, sectionAt } from './table';
import { firstKeyRange, type Node, toPlain } from './tree';
import { unknownKey } from './unknown-key';

export interface Validation {
  readonly problems: Problem[];
  /** Paths whose value is unusable, such as `objective.beta` or `sweep.beta`. */
  readonly malformed: ReadonlySet<string>;
}

/** More than these are never read by anyone; a wrong file should not flood the list. */
const MAX_PROBLEMS = 100;

/** Checks the tree against the schema and says what is wrong in the words of the option table. */
export function validate(source: EditableText): Validation {
  const problems: Problem[] = [];
  const malformed = new Set<string>();
  if (!source.root) return { problems: [emptyFile(source)], malformed };
  if (validateConfig(toPlain(source.root))) return { problems, malformed };
  for (const error of validateConfig.errors ?? []) {
    if (error.keyword === 'if') continue;
    const problem = problemOf(error, source, malformed);
    if (problem && problems.length < MAX_PROBLEMS) problems.push(problem);
  }
  return { problems, malformed };
}

function problemOf(error: ErrorObject, source: EditableText, malformed: Set<string>): Problem | undefined {
  const pointer = error.instancePath.split('/').slice(1).map(unescapePointer);
  const { node, keyRange } = locate(source.root, pointer);
  if (error.keyword === 'required')
    return missing(
      pointer,
      error.params.missingProperty,
      keyRange ?? firstKeyRange(source.text, source.root),
    );
  if (error.keyword === 'additionalProperties') {
    return unknownKey(source, pointer, error.params.additionalProperty);
  }
  // A list's item is reported at its own place and spoils the whole list.
  const path = pointer.filter((part) => !/^\d+$/.test(part)).join('.');
  const target = targetOf(path);
  if (malformed.has(target.path) && pointer.length === path.split('.').length) return undefined;
  malformed.add(target.path);
  if (target.checkedBy) return undefined;
  const value = node ? toPlain(node) : null;
  const range =
    node && node.range.end > node.range.start
      ? node.range
      : (keyRange ?? firstKeyRange(source.text, source.root));
  return valueProblem(error, source, pointer, target, value, range);
}

interface Target {
  /** The option's path, after a shorthand. */
  readonly path: string;
  readonly type: OptionType | undefined;
  readonly checkedBy: string | undefined;
}

function targetOf(path: string): Target {
  const shorthand = sectionAt(path)?.shorthand;
  const optionPath = shorthand ? `${path}.${shorthand}` : path;
  const option = optionAt(optionPath);
  return { path: option ? optionPath : path, type: option?.type, checkedBy: option?.checkedBy };
}

function valueProblem(
  error: ErrorObject,
  source: EditableText,
  pointer: string[],
  target: Target,
  value: unknown,
  range: Range,
): Problem {
  const isItem =
    target.type?.kind === 'list' && Array.isArray(value) === false && pointer.at(-1)?.match(/^\d+$/);
  const type = isItem && target.type?.kind === 'list' ? target.type.items : target.type;
  const name = pointer.join('.') || 'The config';
  const wanted = type ? describeType(type) : 'a section: keys on lines of their own below it';
  if (value === null) {
    return {
      code: 'VAL001',
      severity: 'error',
      range,
      message: `${name} has no value. Write ${wanted}, or remove the line.`,
      fixes: [],
    };
  }
  const code =
    error.keyword === 'enum'
      ? 'VAL002'
      : /imum|minLength|minItems|pattern/.test(error.keyword)
        ? 'VAL003'
        : 'VAL001';
  // A key that was pasted where its variable's name belongs must not be repeated in a report.
  const shown = error.keyword === 'pattern' ? 'what stands here' : showValue(value);
  const message = `${name} must be ${wanted}; ${shown} is not.`;
  const fixes = isItem ? [] : valueFixes(source, pointer, type, value);
  return { code, severity: 'error', range, message, fixes };
}

/** Text that holds the right value in quotes, or a listed value in another spelling. */
function valueFixes(
  source: EditableText,
  path: string[],
  type: OptionType | undefined,
  value: unknown,
): Problem['fixes'] {
  const meant = type && meantValue(type, value);
  if (meant === undefined) return [];
  const edits = setValue(source, path, meant);
  return edits ? [{ title: `Change to ${yamlValue(meant)}`, edits }] : [];
}

function meantValue(type: OptionType, value: unknown): string | number | boolean | undefined {
  if (type.kind === 'number') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? number : undefined;
  }
  if (type.kind === 'boolean') {
    const word = String(value).toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(word)) return true;
    return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
  }
  if (type.kind === 'choice') {
    const word = String(value).toLowerCase().replaceAll('-', '_');
    return Object.keys(type.values).find((choice) => choice === word);
  }
  return type.kind === 'string' && (typeof value === 'number' || typeof value === 'boolean')
    ? String(value)
    : undefined;
}

function missing(pointer: string[], key: string, range: Range): Problem {
  const path = [...pointer, key].join('.');
  const target = targetOf(path);
  const why = optionAt(target.path)?.why ?? sectionAt(path)?.why ?? '';
  const spelled = path === 'data' ? 'data.train' : path;
  return { code: 'VAL004', severity: 'error', range, message: `${spelled} is missing. ${why}`, fixes: [] };
}

function emptyFile(source: EditableText): Problem {
  const message =
    'This config is empty. It needs at least "model:" (the starting policy) and "data:" with "train:" (preference pairs). The command "DPO Lab: New Experiment" writes a complete one.';
  return {
    code: 'VAL004',
    severity: 'error',
    range: firstKeyRange(source.text, source.root),
    message,
    fixes: [],
  };
}

function locate(
  root: Node | undefined,
  pointer: string[],
): { node: Node | undefined; keyRange: Range | undefined } {
  let node = root;
  let keyRange: Range | undefined;
  for (const key of pointer) {
    if (node?.kind === 'list') {
      node = node.items[Number(key)];
      continue;
    }
    const entry = node?.kind === 'map' ? node.entries.find((candidate) => candidate.key === key) : undefined;
    if (entry) keyRange = entry.keyRange;
    node = entry?.value;
  }
  return { node, keyRange };
}

/** JSON Pointer escapes. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
