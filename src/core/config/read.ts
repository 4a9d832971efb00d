import type { Problem } from '../problem';
import { firstLine } from '../words/text';
import { readJson } from './json';
import type { Entry, Format, Node, Read } from './tree';
import { readYaml } from './yaml';

/** Larger files are data or logs that got the wrong name; reading them would only make the editor slow. */
const MAX_CHARACTERS = 400_000;

export function formatOf(fileName: string): Format {
  return /\.json$/i.test(fileName) ? 'json' : 'yaml';
}

/** Text in, tree and problems out. Never throws. */
export function read(text: string, format: Format): Read {
  const encoding = encodingProblem(text);
  if (text.length > MAX_CHARACTERS) {
    return { root: undefined, problems: [fileProblem(text, tooLarge(text.length))] };
  }
  if (encoding) return { root: undefined, problems: [encoding] };
  if (isNestedTooDeeply(text)) {
    return {
      root: undefined,
      problems: [fileProblem(text, 'This file is nested too deeply to be a config.')],
    };
  }
  const result = format === 'json' ? readJson(text) : readYaml(text);
  if (result.root && result.root.kind !== 'map') {
    const nothingWritten = result.root.kind === 'scalar' && result.root.value === null;
    if (nothingWritten) return { root: undefined, problems: result.problems };
    const message =
      'A config is a list of "key: value" lines, starting with "model:". This file holds something else.';
    return { root: undefined, problems: [...result.problems, fileProblem(text, message)] };
  }
  return { root: result.root, problems: [...result.problems, ...duplicateKeys(result.root)] };
}

/** No option lies deeper than four levels. */
const MAX_DEPTH = 100;

/**
 * Whether brackets, or what stands before the first word of a line, go deeper than any config. Both parsers recurse,
 * and an exhausted stack inside a regular expression ends the process, so this is found out before they run.
 */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && depth > 0) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return new RegExp(`^[ \\t?:-]{${2 * MAX_DEPTH},}`, 'm').test(text);
}

function tooLarge(length: number): string {
  const thousands = (count: number): string => `${Math.round(count / 1000)} thousand`;
  return `This file has ${thousands(length)} characters and is not checked: a config has at most ${thousands(MAX_CHARACTERS)}. Put data into a file of its own and name it under data.train.`;
}

function fileProblem(text: string, message: string): Problem {
  return { code: 'SYN004', severity: 'error', range: firstLine(text), message, fixes: [] };
}

/** Bytes that are no UTF-8 arrive as U+FFFD, UTF-16 as NUL characters between the letters. */
function encodingProblem(text: string): Problem | undefined {
  const at = text.search(/[\uFFFD\0]/);
  if (at === -1) return undefined;
  const found =
    text[at] === '\0' ? 'a NUL character, as in a UTF-16 or binary file' : 'bytes that are not UTF-8';
  return {
    code: 'SYN003',
    severity: 'error',
    range: { start: at, end: at + 1 },
    message: `There are ${found} here. Save the file as UTF-8 and write this character again.`,
    fixes: [],
  };
}

function duplicateKeys(root: Node | undefined): Problem[] {
  const problems: Problem[] = [];
  const seenNodes = new Set<Node>(); // An aliased map is reached twice and reported once.
  const visit = (node: Node): void => {
    if (node.kind === 'scalar' || seenNodes.has(node)) return;
    seenNodes.add(node);
    if (node.kind === 'list') {
      node.items.forEach(visit);
      return;
    }
    const first = new Map<string, Entry>();
    for (const entry of node.entries) {
      if (!entry.merged && first.has(entry.key)) problems.push(duplicateProblem(entry));
      else first.set(entry.key, entry);
      visit(entry.value);
    }
  };
  if (root) visit(root);
  return problems;
}

function duplicateProblem(entry: Entry): Problem {
  return {
    code: 'SYN002',
    severity: 'error',
    range: entry.keyRange,
    message: `"${entry.key}" is already written above in this section. Only the first one is read here, and other tools read the last: keep one.`,
    fixes: [],
  };
}
