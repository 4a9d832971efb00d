import Ajv from 'ajv';
import { parseDocument } from 'yaml';
import { check } from '../../src/core/check/check';
import { configSchema } from '../../src/core/config/schema';
import { largeConfig, SMALL } from './texts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly rounds: number;
  /** Milliseconds. */
  readonly target: number;
}

const CASES: readonly Case[] = [
  { name: 'a usual config', text: SMALL, rounds: 400, target: 5 },
  { name: 'a very long config', text: largeConfig(), rounds: 60, target: 100 },
];

/**
 * Times `check` without facts against a named peer in the same run: parsing the same text with `yaml` and validating
 * it with a compiled ajv schema, which says neither where a problem is nor what to do.
 */
export function measureChecks(): string[] {
  const start = performance.now();
  check(SMALL, 'bench.dpo.yaml');
  const first = performance.now() - start;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(configSchema('strict'));
  const peer = (text: string): unknown => validate(parseDocument(text).toJS());
  return [`first check of a process: ${first.toFixed(1)} ms`, ...CASES.map((one) => measure(one, peer))];
}

function measure({ name, text, rounds, target }: Case, peer: (text: string) => unknown): string {
  const own: number[] = [];
  const bare: number[] = [];
  const warmUp = Math.ceil(rounds / 4);
  for (let round = -warmUp; round < rounds; round++) {
    const ownTime = time(() => check(text, 'bench.dpo.yaml'));
    const bareTime = time(() => peer(text));
    if (round < 0) continue;
    own.push(ownTime);
    bare.push(bareTime);
  }
  const lines = text.trimEnd().split('\n').length;
  const ratio = quantile(own, 0.5) / quantile(bare, 0.5);
  return `check of ${name} (${lines} lines): ${figures(own)}, target ${target} ms; yaml and ajv alone: ${figures(bare)}; ratio of medians ${ratio.toFixed(2)}`;
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function figures(times: readonly number[]): string {
  return `${quantile(times, 0.5).toFixed(2)} ms median, ${quantile(times, 0.95).toFixed(2)} ms p95`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
