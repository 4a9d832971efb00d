import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/core/runs/format';
import { askRun } from '../../src/node/run-store';
import { type Stage, stage } from './support';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SCHEMAS = path.join(ROOT, 'schema/run');
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
function problemsOf(name: string, value: unknown): string[] {
  const validate = validators.get(name) ?? validator(name);
  validators.set(name, validate);
  return validate(value) ? [] : [`${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`];
}

const LINES = ['metrics', 'trainer', 'events'];

function problemsOfRun(play: Stage, index: number): string[] {
  return [
    ...LINES.flatMap((name) => play.lines(`${name}.jsonl`, index).flatMap((line) => problemsOf(name, line))),
    ...['run', 'status'].flatMap((name) => problemsOf(name, JSON.parse(play.text(`${name}.json`, index)))),
  ];
}

describe('the run format', () => {
  it('is what the job and a trainer write', async () => {
    const play = stage(['completes', 'fails', 'degenerates', 'is killed'], { stopDegenerate: true });
    await askRun(play.folderOf(0), 'another-run', 'checkpoint');
    await play.runJob();
    const problems = play.runs.flatMap((_, index) => problemsOfRun(play, index));
    const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
    problems.push(
      ...problemsOf('control', json(path.join(play.folderOf(0), 'control.json'))),
      ...problemsOf('sweep', json(path.join(play.sweepFolder, 'sweep.json'))),
      ...problemsOf('summary', json(path.join(play.sweepFolder, 'summary.json'))),
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['status', { format: 1, state: 'sleeping', step: 0, host: 'a', heartbeat: 1 }],
    ['status', { format: 2, state: 'running', step: 0, host: 'a', heartbeat: 1 }],
    ['metrics', { step: 1, time: 1, split: 'train', values: { loss: 'nan' } }],
    ['trainer', { time: 1, kind: 'phase', phase: 'sleeping' }],
    ['events', { time: 1, kind: 'alarm', code: 'RUN001', step: 1 }],
    ['control', { run: 'a', request: 'start', time: 1 }],
  ])('of %s refuses what it does not describe', (name, value) => {
    expect(problemsOf(name, value)).toHaveLength(1);
  });

  it('has a place for every metric, in the schema and on its page', () => {
    const schema = readFileSync(path.join(SCHEMAS, 'metrics.schema.json'), 'utf8');
    expect(Object.keys(JSON.parse(schema).$defs.values.properties)).toEqual(Object.keys(METRICS));
    const page = readFileSync(path.join(ROOT, 'docs/RUN_FORMAT.md'), 'utf8');
    for (const [name, unit] of Object.entries(METRICS)) expect(page).toContain(`| \`${name}\` | ${unit} |`);
  });

  it('has a heading for every schema on its page', () => {
    const page = readFileSync(path.join(ROOT, 'docs/RUN_FORMAT.md'), 'utf8');
    for (const name of readdirSync(SCHEMAS)) {
      const [stem = ''] = name.split('.');
      expect(page).toMatch(new RegExp(`^## .*${stem}\\.jsonl?`, 'm'));
    }
  });
});
