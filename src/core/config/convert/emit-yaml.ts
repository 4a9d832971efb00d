import { type Value, yamlValue } from '../edit';
import type { Plain } from '../tree';

export type PlainMap = { [key: string]: Plain };

export function isMap(value: Plain | undefined): value is PlainMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A mapping as YAML that readers of YAML 1.1 and 1.2 understand alike. */
export function emitYaml(map: PlainMap, indent = ''): string {
  return Object.entries(map)
    .map(([key, value]) => `${indent}${yamlValue(key)}:${emitValue(value, indent)}\n`)
    .join('');
}

function emitValue(value: Plain, indent: string): string {
  if (isMap(value)) {
    return Object.keys(value).length === 0 ? ' {}' : `\n${emitYaml(value, `${indent}  `).trimEnd()}`;
  }
  if (typeof value === 'string' && /[\r\n]/.test(value)) return ` ${JSON.stringify(value)}`;
  if (!Array.isArray(value)) return ` ${value === null ? 'null' : yamlValue(value)}`;
  if (value.every((item) => (typeof item === 'string' && !/[\r\n]/.test(item)) || typeof item === 'number'))
    return ` ${yamlValue(value as Value)}`;
  return value.map((item) => `\n${indent}  -${emitItem(item, `${indent}    `)}`).join('');
}

function emitItem(item: Plain, indent: string): string {
  if (isMap(item) && Object.keys(item).length > 0) return ` ${emitYaml(item, indent).trim()}`;
  return emitValue(item, indent);
}

/** Writes a value at a dotted key of a nested mapping. A value that is in the way of a section is replaced. */
export function putAt(root: PlainMap, keys: readonly string[], value: Plain): void {
  let section = root;
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(section, key) ? section[key] : undefined;
    if (isMap(inner)) {
      section = inner;
      continue;
    }
    const made: PlainMap = {};
    define(section, key, made);
    section = made;
  }
  define(section, keys.at(-1) ?? '', value);
}

/** A key named __proto__ is data like any other. */
function define(map: PlainMap, key: string, value: Plain): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}
