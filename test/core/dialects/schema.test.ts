import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TABLES, tableOf } from '../../../src/core/config/dialects/all-tables';
import { trainerSchema } from '../../../src/core/config/dialects/table-schema';
import { corpusFiles } from '../../support/corpus';
import { SAMPLES } from './samples';

const validator = (id: string) =>
  new Ajv({ strict: false, allErrors: true }).compile(trainerSchema(tableOf(id)));

describe('the schema of a trainer', () => {
  it.each(TABLES.filter(({ launch }) => launch !== '').map(({ id }) => id))(
    '%s: is one, and knows its keys',
    (id) => {
      const validate = validator(id);
      const sample = SAMPLES[id as keyof typeof SAMPLES];
      if (sample === undefined) return expect(validate({})).toBe(true);
      expect(validate(parse(sample)), JSON.stringify(validate.errors)).toBe(true);
    },
  );

  it('refuses a key that a strict trainer does not know, and a value of another type', () => {
    const validate = validator('trl');
    expect(validate({ model_name_or_path: 'm', loss_typ: 'ipo' })).toBe(false);
    expect(validate({ model_name_or_path: 'm', num_train_epochs: [1] })).toBe(false);
    expect(validate({ model_name_or_path: 'm', beta: 0 })).toBe(false);
    expect(validator('axolotl')({ base_model: 'm', my_plugin: 1 })).toBe(true);
  });

  it('says of keys that went what to write instead, and nests sections', () => {
    const { properties } = trainerSchema(tableOf('trl')) as { properties: Record<string, object> };
    expect(properties.rpo_alpha).toMatchObject({
      deprecationMessage: expect.stringMatching(/^rpo_alpha went with trl 0\.29\.0\. Write loss_type/),
    });
    expect(properties.beta).toMatchObject({
      default: 0.1,
      description: expect.stringContaining('objective.beta'),
    });
    const nemo = trainerSchema(tableOf('nemo-rl')) as { properties: { dpo: { properties: object } } };
    expect(nemo.properties.dpo.properties).toHaveProperty('reference_policy_kl_penalty');
  });
});

const PUBLIC = corpusFiles('.yaml', '.yml');

// Without the public configs there is nothing to test, which is no skipped test.
if (PUBLIC.length > 0) {
  it('public configs fit the schemas of trainers that take any key', () => {
    const wrong = PUBLIC.flatMap(({ file, text, dialect }) => {
      const { unknownKeys, launch } = tableOf(dialect);
      if (unknownKeys === 'rejected' || launch === '') return [];
      const validate = validator(dialect);
      return validate(parse(text, { merge: true })) ? [] : [`${file}: ${JSON.stringify(validate.errors)}`];
    });
    expect(wrong).toEqual([]);
  });
}
