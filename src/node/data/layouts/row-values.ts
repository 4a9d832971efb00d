import type { JsonObject } from '../../files/json';

/** The row's own value; null, as parquet has it for a missing value, counts as missing. */
export function cell(row: JsonObject, column: string): unknown {
  return Object.hasOwn(row, column) ? (row[column] ?? undefined) : undefined;
}

export function textCell(row: JsonObject, column: string): string | undefined {
  const value = cell(row, column);
  return typeof value === 'string' ? value : undefined;
}

export function hasColumn(row: JsonObject, column: string): boolean {
  return Object.hasOwn(row, column);
}
