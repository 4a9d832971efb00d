import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { type BetaSweep, OWN_REFERENCE_SWEEPS, STRONGER_REFERENCE_SWEEPS } from '../../src/core/paper/paper';

const FOLDER = path.resolve(import.meta.dirname, '../../examples/paper');
const configs = readdirSync(FOLDER).filter((name) => name.endsWith('.dpo.yaml'));
const readme = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');

function read(name: string) {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const { experiment, problems } = check(text, name);
  return { text, problems, config: resolveConfig(experiment) };
}

const SWEEPS: Record<string, BetaSweep | undefined> = {
  'rq1-mistral.dpo.yaml': OWN_REFERENCE_SWEEPS[0],
  'rq1-tulu.dpo.yaml': OWN_REFERENCE_SWEEPS[1],
  'rq3-mistral-mistral-instruct.dpo.yaml': STRONGER_REFERENCE_SWEEPS[0],
  'rq3-mistral-llama-3-70b.dpo.yaml': STRONGER_REFERENCE_SWEEPS[1],
  'rq3-tulu-mistral-instruct.dpo.yaml': STRONGER_REFERENCE_SWEEPS[2],
  'rq3-tulu-llama-3-70b.dpo.yaml': STRONGER_REFERENCE_SWEEPS[3],
};

describe('the recipes of the paper', () => {
  it.each(configs)('%s: nothing is wrong with it, and the README tells of it', (name) => {
    expect(read(name).problems).toEqual([]);
    expect(readme).toContain(name);
  });

  it.each(Object.keys(SWEEPS))('%s: the betas and win rates of the paper', (name) => {
    const { text, config } = read(name);
    const winRates = SWEEPS[name]?.winRates ?? [];
    expect(config['sweep.beta']).toEqual(winRates.map(({ beta }) => beta));
    expect(text).toContain(winRates.map(({ beta, winRate }) => `${beta}: ${winRate}`).join(', '));
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const cells = (row ?? '')
      .replaceAll('*', '')
      .split('|')
      .slice(-6, -1)
      .map((cell) => cell.trim());
    expect(cells.map((cell) => (cell === 'degenerate' ? cell : Number(cell)))).toEqual(
      winRates.map(({ winRate }) => winRate),
    );
  });
});

describe('the other examples', () => {
  it.each(['first/experiment', 'goldilocks/goldilocks'])('%s has no errors', (name) => {
    const { problems } = read(`../${name}.dpo.yaml`);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
