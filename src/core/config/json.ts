import { type Node as JsonNode, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from '../problem';
import type { Range } from '../words/text';
import type { Entry, Node, Read } from './tree';

const MAX_SYNTAX_PROBLEMS = 3;

/** Reads strict JSON. Never throws; an unreadable part is left out. */
export function readJson(text: string): Read {
  const errors: ParseError[] = [];
  // A byte-order mark becomes a space, so that offsets stay as they are.
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, {
    disallowComments: true,
    allowTrailingComma: false,
  });
  // The parser often complains twice about one character; the first time is the one that helps.
  const distinct = errors.filter((error, index) => errors[index - 1]?.offset !== error.offset);
  const problems = distinct.slice(0, MAX_SYNTAX_PROBLEMS).map((error) => syntaxProblem(error, text));
  return { root: tree && convert(tree), problems };
}

function convert(node: JsonNode): Node {
  const range: Range = { start: node.offset, end: node.offset + node.length };
  if (node.type === 'object') {
    const entries: Entry[] = [];
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (!key) continue;
      const keyRange = { start: key.offset, end: key.offset + key.length };
      entries.push({
        key: String(key.value),
        keyRange,
        value: value
          ? convert(value)
          : { kind: 'scalar', range: { start: keyRange.end, end: keyRange.end }, value: null },
        range: { start: property.offset, end: property.offset + property.length },
        merged: false,
      });
    }
    return { kind: 'map', range, style: 'flow', entries };
  }
  if (node.type === 'array') return { kind: 'list', range, items: (node.children ?? []).map(convert) };
  return { kind: 'scalar', range, value: node.value ?? null };
}

const ADVICE: Record<string, string> = {
  InvalidCommentToken:
    'JSON has no comments. Remove it, or use a .dpo.yaml file, where comments start with #.',
  PropertyNameExpected:
    'A key in double quotes is expected here; a comma before a closing brace also ends up here.',
  ValueExpected: 'A value is expected here; a comma before a closing bracket also ends up here.',
  ColonExpected: 'A colon is missing between key and value.',
  CommaExpected: 'A comma is missing between two entries.',
  CloseBraceExpected: 'The file ends before a closing brace } .',
  CloseBracketExpected: 'The file ends before a closing bracket ] .',
  EndOfFileExpected: 'The config ends before this; remove what follows.',
  InvalidSymbol: 'This is no JSON value. Text needs double quotes; true, false and null are lower case.',
  InvalidNumberFormat: 'This is no JSON number.',
  UnexpectedEndOfString: 'The closing double quote is missing.',
  InvalidCharacter: 'A control character stands inside a string.',
  InvalidEscapeCharacter: 'This backslash sequence does not exist in JSON. Write a backslash as \\\\.',
  InvalidUnicode: 'A \\u escape needs four hexadecimal digits.',
};

function syntaxProblem(error: ParseError, text: string): Problem {
  const start = Math.min(error.offset, text.length);
  const end = Math.min(error.offset + error.length, text.length);
  const advice = ADVICE[printParseErrorCode(error.error)] ?? 'This character is not expected here.';
  return {
    code: 'SYN001',
    severity: 'error',
    range: { start, end },
    message: `This is not valid JSON. ${advice}`,
    fixes: [],
  };
}
