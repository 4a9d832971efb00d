import type { Option, OptionType, Section } from './option-types';
import { OPTIONS } from './options';
import { childrenOf, describeDefault, isOptionPath, optionAt, sectionAt } from './table';

type Schema = { [key: string]: unknown };

/**
 * The JSON Schema (draft-07) of a config, made from the option table.
 *
 * `strict` judges: it is what DPO Lab validates with, and what other editors can use. `editor` only annotates
 * (names, descriptions, values on offer), so that another extension never repeats a problem that DPO Lab reports.
 */
export function configSchema(kind: 'strict' | 'editor'): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'DPO Lab config',
    ...sectionSchema('', kind),
  };
}

function sectionSchema(path: string, kind: 'strict' | 'editor'): Schema {
  const properties: Schema = {};
  const required: string[] = [];
  for (const child of childrenOf(path)) {
    if (child.isSection) {
      properties[child.key] = withShorthand(child.path, kind);
      if (requiresAnything(child.path)) required.push(child.key);
    } else if (isOptionPath(child.path)) {
      const option: Option = OPTIONS[child.path];
      properties[child.key] = optionSchema(option, describeDefault(child.path), kind);
      if (option.required) required.push(child.key);
    }
  }
  if (kind === 'editor') return { properties };
  const extensions = path === '' ? { patternProperties: { '^x-': {} } } : {};
  return { type: 'object', properties, required, additionalProperties: false, ...extensions };
}

function requiresAnything(section: string): boolean {
  if (sectionAt(section)?.optional) return false;
  return childrenOf(section).some((child) =>
    child.isSection ? requiresAnything(child.path) : optionAt(child.path)?.required,
  );
}

function withShorthand(path: string, kind: 'strict' | 'editor'): Schema {
  const section: Section | undefined = sectionAt(path);
  const long = sectionSchema(path, kind);
  const description = section?.why;
  const shortPath = section?.shorthand && `${path}.${section.shorthand}`;
  if (!shortPath || !isOptionPath(shortPath)) {
    return kind === 'editor' ? { description, ...long } : { description, if: { type: 'null' }, else: long };
  }
  const short = optionSchema(OPTIONS[shortPath], describeDefault(shortPath), kind);
  if (kind === 'editor') return { description, ...long, anyOf: [short, {}] };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  return { description, if: { type: 'object' }, then: long, else: short };
}

function optionSchema(option: Option, fallback: string | undefined, kind: 'strict' | 'editor'): Schema {
  const description = [
    option.why,
    option.unit && `Unit: ${option.unit}.`,
    fallback !== undefined && `Default: ${fallback}.`,
  ]
    .filter(Boolean)
    .join(' ');
  const plainDefault =
    option.default !== undefined && !(typeof option.default === 'object' && 'by' in option.default);
  const annotations = {
    description,
    ...(plainDefault ? { default: option.default } : {}),
    ...(option.examples ? { examples: option.examples } : {}),
  };
  if (kind === 'strict') return { ...annotations, ...typeSchema(option.type) };
  const offered = offeredValues(option.type);
  return offered ? { ...annotations, anyOf: [{ enum: offered }, {}] } : annotations;
}

function offeredValues(type: OptionType): readonly (string | boolean)[] | undefined {
  if (type.kind === 'choice') return Object.keys(type.values);
  if (type.kind === 'boolean') return [true, false];
  return type.kind === 'string' && type.suggestions ? Object.keys(type.suggestions) : undefined;
}

export function typeSchema(type: OptionType): Schema {
  switch (type.kind) {
    case 'number': {
      const { kind: _, integer, ...bounds } = type;
      return { type: integer ? 'integer' : 'number', ...bounds };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      return { enum: Object.keys(type.values) };
    case 'string':
      return { type: 'string', minLength: 1, ...(type.pattern ? { pattern: type.pattern.expression } : {}) };
    case 'list':
      return {
        type: 'array',
        items: typeSchema(type.items),
        ...(type.minItems ? { minItems: type.minItems } : {}),
      };
  }
}
