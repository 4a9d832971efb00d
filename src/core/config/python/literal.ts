import type { Node } from 'web-tree-sitter';
import type { Plain } from '../tree';

/** The value of a literal; undefined for everything that has to run: names, calls, f-strings with values, sums. */
export function literalOf(node: Node): Plain | undefined {
  switch (node.type) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'none':
      return null;
    case 'integer':
    case 'float':
      return numberOf(node.text);
    case 'unary_operator':
      return signed(node);
    case 'string':
      return stringOf(node);
    case 'concatenated_string': {
      const parts = node.namedChildren.map(stringOf);
      return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
    }
    case 'parenthesized_expression': {
      const [only] = withoutComments(node);
      return only && literalOf(only);
    }
    case 'list':
    case 'tuple':
      return listOf(node);
    case 'dictionary':
      return dictionaryOf(node);
    case 'attribute':
      // `torch.bfloat16` is a constant that configs write as a word.
      return /^torch\.(float\d+|bfloat16|half)$/.exec(node.text)?.[1];
    default:
      return undefined;
  }
}

export function withoutComments(node: Node): Node[] {
  return node.namedChildren.filter((child) => child.type !== 'comment');
}

function numberOf(text: string): number | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  if (!/^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^0[xob][\da-f]+$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

function signed(node: Node): number | undefined {
  const operand = node.childForFieldName('argument');
  const value = operand && literalOf(operand);
  const sign = node.child(0)?.type;
  if (typeof value !== 'number' || (sign !== '-' && sign !== '+')) return undefined;
  return sign === '-' ? -value : value;
}

function listOf(node: Node): Plain[] | undefined {
  const items = withoutComments(node).map(literalOf);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function dictionaryOf(node: Node): Plain | undefined {
  const entries = withoutComments(node).map((pair): [Plain | undefined, Plain | undefined] => {
    const key = pair.childForFieldName('key');
    const value = pair.childForFieldName('value');
    return [key ? literalOf(key) : undefined, value ? literalOf(value) : undefined];
  });
  if (!entries.every(([key, value]) => typeof key === 'string' && value !== undefined)) return undefined;
  return Object.fromEntries(entries as [string, Plain][]);
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function stringOf(node: Node): string | undefined {
  if (node.type !== 'string' || node.namedChildren.some(({ type }) => type === 'interpolation'))
    return undefined;
  const { text } = node;
  const [start, prefix = '', quote = ''] = /^([A-Za-z]*)("""|'''|"|')/.exec(text) ?? [];
  if (start === undefined || /b/i.test(prefix) || !text.endsWith(quote)) return undefined;
  const content = text.slice(start.length, text.length - quote.length);
  if (/r/i.test(prefix)) return content;
  return content.replace(/\\([\s\S])/g, (whole, escaped: string) => ESCAPES[escaped] ?? whole);
}
