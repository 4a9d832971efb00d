import type { Node } from 'web-tree-sitter';
import type { Range } from '../../words/text';
import type { Plain } from '../tree';
import { literalOf, withoutComments } from './literal';

/** A call of a class or function, such as `DPOConfig(beta=0.1)`. Offsets are those of the Python text. */
export interface PythonCall {
  /** The last name: `DPOConfig` in `trl.DPOConfig(...)`. */
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  /** The parentheses and what stands between them. */
  readonly listRange: Range;
  readonly positional: readonly PythonValue[];
  readonly keywords: readonly PythonKeyword[];
  /** `**settings` or `*values`: there may be more arguments than are written. */
  readonly hasMore: boolean;
}

export interface PythonValue {
  /** Undefined: no literal. */
  readonly value: Plain | undefined;
  readonly range: Range;
  /** The places of a list's items. */
  readonly itemRanges: readonly Range[];
}

export interface PythonKeyword extends PythonValue {
  readonly name: string;
  readonly nameRange: Range;
  /** From the name to the end of the value. */
  readonly wholeRange: Range;
}

export function callOf(node: Node): PythonCall | undefined {
  const called = node.childForFieldName('function');
  const list = node.childForFieldName('arguments');
  if (node.type !== 'call' || !called || list?.type !== 'argument_list') return undefined;
  const name = called.type === 'attribute' ? called.childForFieldName('attribute') : called;
  if (name?.type !== 'identifier') return undefined;
  const children = withoutComments(list);
  return {
    name: name.text,
    nameRange: placeOf(name),
    range: placeOf(node),
    listRange: placeOf(list),
    positional: children.filter(({ type }) => !/^(keyword_argument|.*_splat)$/.test(type)).map(pythonValue),
    keywords: children.flatMap((child) => keywordOf(child) ?? []),
    hasMore: children.some(({ type }) => type.endsWith('_splat')),
  };
}

function placeOf({ startIndex, endIndex }: Node): Range {
  return { start: startIndex, end: endIndex };
}

function keywordOf(node: Node): PythonKeyword | undefined {
  const name = node.childForFieldName('name');
  const value = node.childForFieldName('value');
  if (node.type !== 'keyword_argument' || !name || !value) return undefined;
  return { ...pythonValue(value), name: name.text, nameRange: placeOf(name), wholeRange: placeOf(node) };
}

export function pythonValue(node: Node): PythonValue {
  const isList = node.type === 'list' || node.type === 'tuple';
  return {
    value: literalOf(node),
    range: placeOf(node),
    itemRanges: isList ? withoutComments(node).map(placeOf) : [],
  };
}

/** The syntax of a value. */
export function nodeAt(root: Node, { range }: PythonValue): Node | undefined {
  return root.namedDescendantForIndex(range.start, range.end) ?? undefined;
}
