/**
 * The part of the SARIF 2.1.0 schema that we use, closed: a property that is not listed is a mistake. The official
 * schema is in no package that we would want to depend on for this.
 */

const text = { type: 'string', minLength: 1 } as const;
const positive = { type: 'integer', minimum: 1 } as const;
const level = { enum: ['none', 'note', 'warning', 'error'] } as const;

type Schema = Readonly<Record<string, unknown>>;

function object(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: 'array', items, uniqueItems: true };
}

const message = object({ text });
const artifactLocation = object({ uri: { ...text, pattern: '^[\\x21-\\x7E]+$' } }, { uriBaseId: text });
const region = object({ startLine: positive, startColumn: positive, endLine: positive, endColumn: positive });
const rule = object({
  id: { ...text, pattern: '^[A-Z]+\\d{3}$' },
  shortDescription: message,
  fullDescription: message,
  help: object({ text, markdown: text }),
  defaultConfiguration: object({ level }),
});
const fix = object({
  description: message,
  artifactChanges: {
    ...list(
      object({
        artifactLocation,
        replacements: {
          ...list(object({ deletedRegion: region, insertedContent: object({ text: { type: 'string' } }) })),
          minItems: 1,
        },
      }),
    ),
    minItems: 1,
  },
});
const result = object(
  {
    ruleId: text,
    level,
    message,
    locations: list(object({ physicalLocation: object({ artifactLocation, region }) })),
  },
  { ruleIndex: { type: 'integer', minimum: 0 }, fixes: list(fix) },
);
const invocation = object({
  executionSuccessful: { type: 'boolean' },
  exitCode: { type: 'integer' },
  toolExecutionNotifications: list(object({ level, message })),
});
const run = object({
  tool: object({ driver: object({ name: text, semanticVersion: text, rules: list(rule) }) }),
  columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  originalUriBaseIds: { type: 'object', additionalProperties: object({ uri: { ...text, pattern: '/$' } }) },
  invocations: list(invocation),
  results: { type: 'array', items: result },
});

export const SARIF_SHAPE = object({
  $schema: text,
  version: { const: '2.1.0' },
  runs: { ...list(run), minItems: 1 },
});
