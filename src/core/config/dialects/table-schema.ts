import type { OptionType } from '../option-types';
import { typeSchema } from '../schema';
import { OPTION_PATHS, optionAt } from '../table';
import type { KeyChange, Row, TrainerTable } from './table';
import { isOutside } from './versions';

type Schema = { [key: string]: unknown };

/**
 * The JSON Schema (draft-07) of a trainer's YAML, for its newest version that is known: keys, what they mean, values and
 * defaults. Keys that went are said to be deprecated, with what to write instead. It says nothing of how keys go
 * together, which `check` does.
 */
export function trainerSchema(table: TrainerTable): Schema {
  const root: Schema = {};
  const add = (key: string, schema: Schema): void => addAt(root, key.split('.'), schema);
  for (const key of (table.known ?? '').split(' ')) if (key !== '') add(key, {});
  for (const path of OPTION_PATHS) {
    const row = table.rows[path];
    for (const [at, key] of (row?.keys ?? []).entries())
      if (row) add(key, keySchema(path, row, at === 0, table));
  }
  for (const change of table.changes)
    if (!change.when && isOutside(change, table.packages[change.package] ?? ''))
      add(change.key, gone(change, table));
  const isClosed = table.unknownKeys === 'rejected' && table.known !== undefined && !table.isPlain;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `DPO config of ${table.trainer}`,
    type: 'object',
    properties: root,
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

function keySchema(
  path: (typeof OPTION_PATHS)[number],
  row: Row,
  isPresent: boolean,
  { losses }: TrainerTable,
): Schema {
  const { type, unit, why } = optionAt(path);
  const description = [
    why,
    unit && `Unit: ${unit}.`,
    `In DPO Lab: ${path}.`,
    isPresent ? '' : `The present name is ${row.keys[0]}.`,
  ];
  const fallback =
    isPresent && row.default !== undefined && !row.read && !row.words ? { default: row.default } : {};
  return {
    description: description.filter(Boolean).join(' '),
    ...fallback,
    ...valueSchema(path, row, type, losses),
  };
}

/** Values on offer; only plain ones are judged, since a trainer's own words are more than the option table has. */
function valueSchema(
  path: string,
  { read, write, words, others = [] }: Row,
  type: OptionType,
  losses: readonly string[],
): Schema {
  if (path === 'objective.loss') return { anyOf: [{ enum: [...losses, ...others] }, {}] };
  if (words) return { anyOf: [{ enum: [...Object.keys(words), ...others] }, {}] };
  if (read || write || type.kind === 'list' || type.kind === 'choice') return {};
  const own = typeSchema(type);
  // YAML 1.1 has numbers that 1.2 has not, and a key without a value is as good as none.
  return {
    anyOf: [own, { type: 'null' }, ...(type.kind === 'string' ? [{ type: 'number' }] : [{ type: 'string' }])],
  };
}

function gone(
  { key, never, since, until, package: name, instead }: KeyChange,
  { trainer }: TrainerTable,
): Schema {
  const what = never
    ? `${trainer} has no key ${key}.`
    : until !== undefined
      ? `${key} went with ${name} ${until}.`
      : `${key} came with ${name} ${since}.`;
  return { deprecated: true, deprecationMessage: `${what} ${instead}`, doNotSuggest: true };
}

/** The first word about a key stays, but what went is said in any case. */
function addAt(properties: Schema, [key = '', ...rest]: readonly string[], schema: Schema): void {
  const known = (properties[key] ?? {}) as Schema;
  if (rest.length === 0) {
    properties[key] = schema.deprecated ? { ...known, ...schema } : { ...schema, ...known };
    return;
  }
  const below = (known.properties ?? {}) as Schema;
  addAt(below, rest, schema);
  properties[key] = { ...known, properties: below };
}
