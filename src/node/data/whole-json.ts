import { isObject, type JsonObject } from '../files/json';
import { FileError } from '../files/text-files';

/** Keys under which tools wrap a list of rows. */
const WRAPPERS = 'data|rows|examples|pairs|items|instances|dataset|records|samples';

/** An object that begins with plain values and then has a list of rows. */
const WRAPPED = new RegExp(
  String.raw`^\s*\{(?:\s*"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[-+.\deE]+|true|false|null)\s*,)*\s*"(?:${WRAPPERS})"\s*:\s*\[(?=\s*\{)`,
);

/** Where the list of rows begins within an object that wraps it, after the bracket; undefined where that cannot be seen. */
export function wrappedListStart(text: string): number | undefined {
  return WRAPPED.exec(text)?.[0].length;
}

/**
 * The rows of a file that is one JSON object: a list under one key, columns side by side as pandas writes them, or one
 * row alone.
 *
 * @throws FileError where several keys hold lists of rows
 */
export function rowsOfObject(value: JsonObject, name: string): readonly JsonObject[] {
  const lists = Object.entries(value).filter(([, list]) => isListOfRows(list));
  if (lists.length > 1) {
    const keys = lists.map(([key]) => key);
    throw new FileError(
      `${name} is one object with rows under several keys (${keys.join(', ')}). Write one of them as a file of its own: jq -c '.${keys[0]}[]' ${name} > ${keys[0]}.jsonl.`,
    );
  }
  const [list] = lists;
  if (list) return list[1] as readonly JsonObject[];
  return splitTable(value) ?? fromColumns(value) ?? [value];
}

function isListOfRows(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return (value as readonly unknown[]).every((row) => isObject(row) && !('role' in row) && !('from' in row));
}

/** pandas' `orient="split"`. */
function splitTable({ columns, data }: JsonObject): readonly JsonObject[] | undefined {
  if (!Array.isArray(columns) || !Array.isArray(data)) return undefined;
  const rows = data as readonly unknown[];
  if (!rows.every((row) => Array.isArray(row) && row.length === columns.length)) return undefined;
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [String(column), (row as readonly unknown[])[index]])),
  );
}

/** Columns as lists of equal length, or, as pandas' `orient="columns"`, as objects with the same keys. */
function fromColumns(value: JsonObject): readonly JsonObject[] | undefined {
  const entries = Object.entries(value);
  const keys = entries.map(([, column]) => keysOf(column));
  const [first] = keys;
  if (first === undefined || entries.length < 2) return undefined;
  if (keys.some((other) => other === undefined || other.join('\n') !== first.join('\n'))) return undefined;
  return first.map((key) =>
    Object.fromEntries(entries.map(([column, cells]) => [column, (cells as JsonObject)[key]])),
  );
}

function keysOf(column: unknown): readonly string[] | undefined {
  if (isObject(column)) return 'role' in column || 'content' in column ? undefined : Object.keys(column);
  if (!Array.isArray(column)) return undefined;
  const isMessages = (column as readonly unknown[]).some(
    (entry) => isObject(entry) && ('role' in entry || 'from' in entry),
  );
  return isMessages ? undefined : Object.keys(column);
}
