import Ajv from 'ajv';
import { configSchema } from './schema';

/** Descriptions are for people who read the schema. */
const withoutDescriptions = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  );

export const compiler = new Ajv({
  allErrors: true,
  strict: false,
  strictNumbers: true,
  messages: false,
  code: { source: true },
});

/**
 * Whether a config keeps to the schema; its `errors` say where it does not. Bundles hold the code that ajv makes of the
 * schema in place of this module (`scripts/compiled-schema.mjs`), so that no program ships or runs a compiler.
 */
export const validateConfig = compiler.compile(withoutDescriptions(configSchema('strict')));
