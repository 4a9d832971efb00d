/** An object as JSON or parquet hold it. Its keys come from a file, so ask with `Object.hasOwn` where it matters. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
