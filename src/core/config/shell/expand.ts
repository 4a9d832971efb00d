import type { HereDoc, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import type { Range } from '../../words/text';
import { calculate } from './arithmetic';
import type { Code, Quote } from './code';
import { splitWords } from './split';
import type { Value, Variables } from './variables';
import { fallbackTextOf, openNames, type Piece, type ShellWord, textOf } from './word';

/** What expansion needs of the script around a word. */
export interface Surroundings {
  readonly code: Code;
  readonly variables: Variables;
  /** Told of each expansion of a variable. */
  uses(name: string): void;
  /** Reads the code of a command substitution; returns its output where that is known. */
  substitute(script: ParsedScript): readonly Piece[] | undefined;
}

/** The words that a written word becomes, as far as the script's own text decides it. */
export function expandWord(word: Word, around: Surroundings): ShellWord[] {
  const list = wholeList(word, around);
  if (list) return list;
  return splitWords(expandText(word, around), around.code.range(word.pos, word.end), around.code.isNested);
}

/** A word's text before it is split; in an assignment it is not split at all. */
export function expandText(word: Word, around: Surroundings): Piece[] {
  if (!word.parts) return [literal(word.pos, word.end, 'none', around)];
  return word.parts.flatMap((part) => expandPart(part, 'none', around));
}

export function expandHeredoc({ body, delimiter }: HereDoc, around: Surroundings): Piece[] {
  const quote = delimiter?.quoted ? 'single' : 'heredoc';
  if (!body.parts) return [literal(body.pos, body.end, quote, around)];
  return body.parts.flatMap((part) => expandPart(part, quote, around));
}

/** `"${LIST[@]}"`: each element is a word. */
function wholeList(word: Word, around: Surroundings): ShellWord[] | undefined {
  let [part] = word.parts ?? [];
  if (word.parts?.length !== 1) return undefined;
  if (part?.type === 'DoubleQuoted' && part.parts.length === 1) part = part.parts[0];
  if (part?.type !== 'ParameterExpansion' || part.operation || part.prefix) return undefined;
  const value = around.variables.get(part.parameter);
  if (value?.kind !== 'list' || !/^[@*]$/.test(part.index?.text ?? '')) return undefined;
  const within = part.parameter;
  around.uses(within);
  return value.words.map((element) => ({ ...element, within }));
}

function expandPart(part: WordPart, quote: Quote, around: Surroundings): Piece[] {
  const range = around.code.range(part.pos, part.end);
  const split = quote === 'none';
  switch (part.type) {
    case 'Literal':
      return [literal(part.pos, part.end, quote, around)];
    case 'SingleQuoted':
      return [literal(part.pos + 1, part.end - 1, 'single', around)];
    case 'DoubleQuoted':
    case 'LocaleString':
      // An empty string is a word.
      if (part.parts.length === 0) return [{ value: '', range, quote: 'double' }];
      return part.parts.flatMap((child) => expandPart(child, 'double', around));
    case 'AnsiCQuoted':
      return [{ value: part.value, range, quote: 'single' }];
    case 'SimpleExpansion':
      return expandVariable(part.text.slice(1), range, quote, around);
    case 'ParameterExpansion':
      return expandParameter(part, range, quote, around);
    case 'CommandExpansion': {
      const output = part.script && around.substitute(part.script);
      return output ? [...output] : [{ value: undefined, range, quote, split }];
    }
    case 'ArithmeticExpansion': {
      const known = (name: string): string | undefined => {
        around.uses(name);
        const value = around.variables.get(name);
        return value?.kind === 'text' ? textOf(value.pieces) : undefined;
      };
      const result = calculate(part.expression, known);
      return [{ value: result === undefined ? undefined : String(result), range, quote, split }];
    }
    case 'Glob':
      // `[a]` is text unless a file has such a name, and is how command lines write lists.
      if (part.kind === 'bracket') return [literal(part.pos, part.end, quote, around)];
      return [{ value: undefined, range, quote, split: true }];
    default:
      return [{ value: undefined, range, quote, split: true }];
  }
}

function literal(start: number, end: number, quote: Quote, { code }: Surroundings): Piece {
  const { text, places } = code.decode(start, end, quote);
  return { value: text, range: code.range(start, end), quote, places };
}

function expandVariable(name: string, range: Range, quote: Quote, around: Surroundings): Piece[] {
  around.uses(name);
  const value = around.variables.get(name);
  if (!value)
    return [{ value: undefined, range, quote, split: quote === 'none' || name === '@', open: [name] }];
  if (value.kind === 'list') return value.words[0] ? [used(name, value.words[0].pieces, range, quote)] : [];
  const isSplit = quote === 'none' && value.pieces.some((piece) => /\s/.test(piece.value ?? ''));
  // Several words stand in the variable's own text, one value stands where it is used.
  if (isSplit) return value.pieces.map((piece) => ({ ...piece, split: true, within: name }));
  return [used(name, value.pieces, range, quote)];
}

/** The value of a variable at the place where it is used. */
function used(name: string, pieces: readonly Piece[], range: Range, quote: Quote): Piece {
  const value = textOf(pieces);
  const fallback = value === undefined ? fallbackTextOf(pieces) : undefined;
  const origin = originOf(name, pieces);
  return {
    value,
    range,
    quote,
    split: quote === 'none',
    ...(value === undefined && { open: openNames(pieces) }),
    ...(origin && { origin }),
    ...(fallback !== undefined && { fallback }),
  };
}

function originOf(name: string, pieces: readonly Piece[]): Piece['origin'] {
  const [only, ...others] = pieces;
  if (!only || others.length > 0) return undefined;
  if (only.origin) return { ...only.origin, variables: [name, ...only.origin.variables] };
  return only.places && { variables: [name], range: only.range, quote: only.quote };
}

function expandParameter(
  part: ParameterExpansionPart,
  range: Range,
  quote: Quote,
  around: Surroundings,
): Piece[] {
  const { parameter: name, operation, index, prefix } = part;
  const unknown: Piece = { value: undefined, range, quote, split: quote === 'none', open: [name] };
  if (prefix) return [unknown];
  if (index) {
    around.uses(name);
    const word = operation ? undefined : elementAt(around.variables.get(name), index.text);
    return word ? [used(name, word.pieces, range, quote)] : [{ ...unknown, split: true }];
  }
  if (!operation) return expandVariable(name, range, quote, around);
  if (operation.type !== 'Default') {
    around.uses(name);
    return [unknown];
  }
  return withDefault(name, operation.operator, operation.operand, unknown, around);
}

/** `${X:-default}` and its kin: the default holds unless the variable is set outside the script. */
function withDefault(
  name: string,
  operator: string,
  operand: Word,
  unknown: Piece,
  around: Surroundings,
): Piece[] {
  const { variables } = around;
  const value = variables.get(name);
  if (operator.includes('+') || operator.includes('?')) {
    around.uses(name);
    if (operator.includes('?')) return expandVariable(name, unknown.range, unknown.quote, around);
    return [unknown];
  }
  if (value?.kind === 'text' && textOf(value.pieces)) {
    return expandVariable(name, unknown.range, unknown.quote, around);
  }
  const fallbackPieces = expandText(operand, around);
  const fallback = fallbackTextOf(fallbackPieces);
  const [only, ...others] = fallbackPieces;
  const place =
    others.length === 0 && only?.places ? { variables: [], range: only.range, quote: only.quote } : undefined;
  const origin = others.length === 0 ? (only?.origin ?? place) : undefined;
  const piece: Piece = {
    ...unknown,
    ...(fallback !== undefined && { fallback }),
    ...(origin && { origin }),
  };
  if (operator.includes('=')) variables.set(name, { kind: 'text', pieces: [piece] });
  return [piece];
}

function elementAt(value: Value | undefined, index: string): ShellWord | undefined {
  if (value?.kind !== 'list' || !/^\d+$/.test(index)) return undefined;
  const at = Number(index);
  // What an unknown expansion before it gives moves all others.
  if (value.words.slice(0, at + 1).some(({ splits }) => splits)) return undefined;
  return value.words[at];
}
