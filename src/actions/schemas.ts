import { z } from 'zod';
import { CONVERSION_TARGETS } from '../core/config/convert/convert';

/** What actions take and give, each once: types, JSON Schemas and checks come from here. */

const file = z.string().min(1).describe('A config, launch script or Python file, relative to the folder');
const run = z.string().min(1).describe('An id of a run or a sweep, the end of one, or last');
/** JSON has no NaN: what was not measured is null. */
const figure = z.number().nullable();
const confirm = z.boolean().default(false).describe('false: says what would happen, and does nothing');

const problem = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info', 'hint']),
  line: z.number().int(),
  message: z.string(),
  fixes: z.array(z.string()).describe('What an editor would offer'),
});

const setting = z.object({
  value: z.unknown(),
  given: z.boolean(),
  key: z.string().nullable(),
  line: z.number().int().nullable(),
});

const runState = z.object({
  run: z.string(),
  name: z.string(),
  state: z.string(),
  sentence: z.string(),
  sweep: z.string().nullable(),
  beta: figure,
  seed: figure,
  producer: z.string(),
  step: figure,
  totalSteps: figure,
  figures: z
    .record(z.string(), figure)
    .describe('Newest values of held-out pairs, else of training: shares, nats'),
  alarms: z.array(
    z.object({
      code: z.string(),
      severity: z.string(),
      step: z.number(),
      message: z.string(),
      standing: z.boolean(),
    }),
  ),
});

const arms = z.array(z.object({ beta: z.number(), seed: z.number() }));

export const CHECK = {
  input: z.object({ file }),
  output: z.object({
    file: z.string(),
    trainer: z.string(),
    errors: z.number().int(),
    warnings: z.number().int(),
    problems: z.array(problem),
  }),
};
export const DESCRIBE = {
  input: z.object({ file }),
  output: z.object({
    experiments: z.array(
      z.object({
        dialect: z.string(),
        trainer: z.string(),
        version: z.string().nullable(),
        reference: z.string(),
        settings: z.record(z.string(), setting).describe('Settings that the file gives'),
      }),
    ),
  }),
};
export const EXPLAIN = {
  input: z.object({ code: z.string().min(1).describe('Such as BETA001 or RUN006') }),
  output: z.object({
    code: z.string(),
    title: z.string(),
    severity: z.string(),
    when: z.string(),
    why: z.string(),
    todo: z.string(),
    evidence: z.array(z.string()),
  }),
};
export const ESTIMATE = {
  input: z.object({ file }),
  output: z.object({
    bytes: figure.describe('Memory at the peak'),
    guessed: z.boolean(),
    parts: z.array(z.object({ name: z.string(), peak: z.string(), bytes: z.number(), formula: z.string() })),
    assumptions: z.array(z.string()),
    milliseconds: figure.describe(
      'Of one run, by what earlier runs of this config took; null where there are none',
    ),
    arms: z.number().int(),
  }),
};
export const CONVERT = {
  input: z.object({
    file,
    to: z.enum(CONVERSION_TARGETS).default('dpo-lab'),
    experiment: z.number().int().min(1).default(1),
  }),
  output: z.object({ text: z.string(), notes: z.array(z.object({ kind: z.string(), text: z.string() })) }),
};
export const PLAN_SWEEP = {
  input: z.object({
    file,
    beta: z.array(z.number().positive()).optional().describe("In place of the config's sweep"),
    seeds: z.array(z.number().int().min(0)).optional(),
  }),
  output: z.object({
    arms,
    betas: z.array(z.number()),
    seeds: z.number().int(),
    why: z.string(),
    milliseconds: figure,
  }),
};
export const START = {
  input: PLAN_SWEEP.input.extend({
    sweep: z.boolean().default(false).describe('Train every arm of the sweep, not only objective.beta'),
    confirm,
  }),
  output: z.object({
    started: z.boolean(),
    sweep: z.string().nullable(),
    runs: z.array(z.string()),
    plan: z.string(),
    problem: z.string().nullable(),
  }),
};
export const STATUS = {
  input: z.object({ run: run.optional(), limit: z.number().int().min(1).max(200).default(20) }),
  output: z.object({ total: z.number().int(), runs: z.array(runState) }),
};
export const VERDICT = {
  input: z.object({ run }),
  output: z.object({
    kind: z.enum(['decided', 'undecided', 'running', 'nothing']),
    headline: z.string(),
    evidence: z.string(),
    take: figure.describe('The beta that may be taken; null where it is not decided'),
    best: figure.describe('The beta with the highest win rate so far'),
    next: z.string().nullable(),
    quality: z.string(),
    betas: z.array(
      z.object({
        beta: z.number(),
        seeds: z.number(),
        quality: figure,
        ended: figure,
        lengthRatio: figure,
        eosDrift: figure,
        kl: figure,
        accuracy: figure,
        degenerate: z.string().nullable(),
      }),
    ),
  }),
};
export const INSPECT_PAIRS = {
  input: z.object({
    run,
    checkpoint: z.number().int().min(0).optional(),
    count: z.number().int().min(1).max(50).default(8),
  }),
  output: z.object({
    checkpoint: z.number().int(),
    pairs: z.array(
      z.object({ id: z.string(), prompt: z.string(), chosen: figure, rejected: figure, margin: figure }),
    ),
  }),
};
export const COMPARE = {
  input: z.object({ runs: z.array(run).min(2).max(20) }),
  output: z.object({
    differences: z.array(z.object({ setting: z.string(), values: z.array(z.string()) })),
    runs: z.array(runState),
  }),
};
export const STOP = {
  input: z.object({ run, confirm }),
  output: z.object({ asked: z.array(z.string()), words: z.string() }),
};
export const RESUME = {
  input: z.object({ run, confirm }),
  output: z.object({ resumed: z.array(z.string()), words: z.string() }),
};
