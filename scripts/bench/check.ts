import Ajv from 'ajv';
import { parseDocument } from 'yaml';
import { check } from '../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { configSchema } from '../../src/core/config/schema';
import { preparePython } from '../../src/node/configs/python-parser';
import { HANDBOOK, pythonFile, shellScript } from './foreign-texts';
import { largeConfig, SMALL } from './texts';

interface Case {
  readonly name: string;
  readonly file?: string;
  readonly text: string;
  readonly rounds: number;
  /** Milliseconds. */
  readonly target: number;
}

const CASES: readonly Case[] = [
  { name: 'a usual config', text: SMALL, rounds: 400, target: 5 },
  { name: 'a very long config', text: largeConfig(), rounds: 60, target: 100 },
  { name: 'a handbook file', file: 'config_full.yaml', text: HANDBOOK, rounds: 200, target: 5 },
  { name: 'a shell script', file: 'run.sh', text: shellScript(), rounds: 100, target: 10 },
  { name: 'a Python file', file: 'train.py', text: pythonFile(), rounds: 60, target: 30 },
];

/**
 * Times `check` without facts against a named peer in the same run: parsing the same text with `yaml` and validating
 * it with a compiled ajv schema, which says neither where a problem is nor what to do.
 */
/**
 * @param parser the parser of Python files, as WebAssembly
 * @returns a line each, and those that miss their target
 */
export async function measureChecks(parser: {
  runtime: string;
  grammar: string;
}): Promise<{ lines: string[]; missed: string[] }> {
  const start = performance.now();
  check(SMALL, 'bench.dpo.yaml');
  const first = performance.now() - start;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(configSchema('strict'));
  const peer = (text: string): unknown => validate(parseDocument(text).toJS());
  useDialects(FOREIGN_DIALECTS);
  await preparePython(parser);
  const missed: string[] = [];
  const lines = CASES.map((one) => {
    const { line, median } = measure(one, peer);
    if (one.file !== undefined && median > one.target) missed.push(line);
    return line;
  });
  return { lines: [`first check of a process: ${first.toFixed(1)} ms`, ...lines], missed };
}

function measure(
  { name, file = 'bench.dpo.yaml', text, rounds, target }: Case,
  peer: (text: string) => unknown,
): { line: string; median: number } {
  const own: number[] = [];
  const bare: number[] = [];
  const warmUp = Math.ceil(rounds / 4);
  for (let round = -warmUp; round < rounds; round++) {
    // Recognising and reading remember the last text: an editor checks each version once.
    const ownTime = time(() => check(`${text}${' '.repeat(round + warmUp)}`, file));
    const bareTime = /yaml$/.test(file) ? time(() => peer(text)) : 0;
    if (round < 0) continue;
    own.push(ownTime);
    bare.push(bareTime);
  }
  const lines = text.trimEnd().split('\n').length;
  const median = quantile(own, 0.5);
  const head = `check of ${name} (${lines} lines): ${figures(own)}, target ${target} ms`;
  if (!/yaml$/.test(file)) return { line: head, median };
  const ratio = quantile(own, 0.5) / quantile(bare, 0.5);
  const beside = `yaml and ajv alone: ${figures(bare)}; ratio of medians ${ratio.toFixed(2)}`;
  return { line: `${head}; ${beside}`, median };
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
