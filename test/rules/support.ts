import { type Checked, check } from '../../src/core/check/check';
import type { Facts, ModelFacts, ReadData, TokenFacts } from '../../src/core/facts';

/** Sections of a config, each in flow style: `{ beta: 0.02 }`. An empty text leaves the section out. */
export type Sections = Readonly<Record<string, string>>;

/** A config that no rule has anything to say about. */
const SOUND: Sections = {
  model: 'HuggingFaceTB/SmolLM2-1.7B-Instruct',
  objective: '{ beta: 0.02 }',
  data: '{ train: data/pairs.jsonl, eval_fraction: 0.05 }',
  evaluation: '{ probes: [How do I keep basil alive in winter?] }',
};

export function config(changes: Sections = {}): string {
  return Object.entries({ ...SOUND, ...changes })
    .filter(([, value]) => value !== '')
    .map(([section, value]) => `${section}: ${value}\n`)
    .join('');
}

export function checked(changes: Sections, facts: Facts = {}): Checked {
  return check(config(changes), 'experiment.dpo.yaml', facts);
}

/** `CODE severity` of every problem, in the order of the file. */
export function codes(changes: Sections, facts: Facts = {}): string[] {
  return checked(changes, facts).problems.map(({ code, severity }) => `${code} ${severity}`);
}

export function messages(changes: Sections, facts: Facts = {}): string {
  return checked(changes, facts)
    .problems.map(({ message }) => message)
    .join('\n');
}

type Known = Exclude<ModelFacts, { found: 'no' }>;

export function modelFacts(changes: Partial<Known> = {}): ModelFacts {
  return { found: 'hub cache', folder: 'snapshots/0', hasChatTemplate: true, ...changes };
}

export function pairs(changes: Partial<ReadData> = {}): ReadData {
  return {
    state: 'read',
    files: ['data/pairs.jsonl'],
    columns: ['prompt', 'chosen', 'rejected'],
    format: 'strings',
    sampled: 400,
    identicalPairs: 0,
    emptyResponses: 0,
    meanChosenLength: 800,
    meanRejectedLength: 780,
    ...changes,
  };
}

export function tokens(changes: Partial<TokenFacts> = {}): TokenFacts {
  return {
    pairs: 400,
    overLength: 0,
    promptFills: 0,
    longestPair: 900,
    withoutEos: 0,
    withInnerSpecial: 0,
    prefixMismatch: 0,
    ...changes,
  };
}
