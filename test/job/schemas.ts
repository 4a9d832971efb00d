import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const SCHEMAS = path.join(ROOT, 'schema/run');
type Schema = { readonly [key: string]: unknown };

/** Readers pass over keys that they do not know; the files that we write hold none. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const strict = Object.fromEntries(entries);
  return 'properties' in schema ? { additionalProperties: false, ...strict } : strict;
}

function validator(name: string): ValidateFunction {
  const schema: Schema = JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8'));
  return new Ajv2020({ allowUnionTypes: true }).compile(closed(schema) as Schema);
}

const validators = new Map<string, ValidateFunction>();
/** Why a value is not what the schema of this name describes. */
export function problemsOf(name: string, value: unknown): string[] {
  const validate = validators.get(name) ?? validator(name);
  validators.set(name, validate);
  return validate(value) ? [] : [`${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`];
}

/** The same for every file of a run folder that has a schema. */
export function problemsOfRun(folder: string): string[] {
  const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const lines = ['metrics', 'trainer', 'events', 'judgements'].flatMap((name) => {
    if (!existsSync(path.join(folder, `${name}.jsonl`))) return [];
    const complete = text(`${name}.jsonl`).split('\n').slice(0, -1);
    return complete.flatMap((line) => problemsOf(name, JSON.parse(line)));
  });
  return [
    ...lines,
    ...['run', 'status', 'command'].flatMap((name) =>
      existsSync(path.join(folder, `${name}.json`)) ? problemsOf(name, JSON.parse(text(`${name}.json`))) : [],
    ),
  ];
}

/** The same for the files of a sweep folder. */
export function problemsOfSweep(folder: string): string[] {
  return ['sweep', 'summary'].flatMap((name) =>
    problemsOf(name, JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'))),
  );
}
