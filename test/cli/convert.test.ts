import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../core/dialects/samples';
import { useCli, VALID } from './dpo-lab';

const workplace = useCli();

describe('dpo-lab convert', () => {
  it('prints a config of ours, and the list beside it', async () => {
    const place = workplace();
    place.write('lf.yaml', SAMPLES.llamafactory);
    const { stdout, stderr, code } = await place.run(['convert', 'lf.yaml']);
    expect(code).toBe(0);
    expect(stdout).toContain('objective:\n  loss: sigmoid\n  beta: 0.1\n');
    expect(stderr).toContain('Carried:\n');
    expect(stderr).toContain('- pref_beta is objective.beta now: 0.1');
  });

  it('writes a file, and never over another one unasked', async () => {
    const place = workplace();
    place.write('own.dpo.yaml', VALID);
    place.write('trl.yaml', 'mine: true\n');
    const args = ['convert', 'own.dpo.yaml', '--to', 'trl', '--out', 'trl.yaml'];
    const refused = await place.run(args);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'trl.yaml exists already. Name another file, or replace it with --overwrite.\n',
    ]);
    expect(readFileSync(place.path('trl.yaml'), 'utf8')).toBe('mine: true\n');
    expect((await place.run([...args, '--overwrite'])).code).toBe(0);
    expect(readFileSync(place.path('trl.yaml'), 'utf8')).toContain('model_name_or_path:');
  });

  it('asks which of several trainings is meant, and gives all as JSON', async () => {
    const place = workplace();
    const command = (beta: number): string =>
      `trl dpo --model_name_or_path a/b --dataset_name c/d --beta ${beta}\n`;
    place.write('run.sh', command(0.1) + command(0.05));
    const asked = await place.run(['convert', 'run.sh']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('run.sh starts 2 trainings. Choose one with --experiment:');
    expect(asked.stderr).toContain('2  line 2: TRL 1.13.0, a/b, beta 0.05');
    const second = await place.run(['convert', 'run.sh', '--experiment', '2']);
    expect(second.stdout).toContain('beta: 0.05');
    const { conversions } = JSON.parse((await place.run(['convert', 'run.sh', '--json'])).stdout);
    expect(
      conversions.map(({ from, to, experiment }: Record<string, unknown>) => [from, to, experiment]),
    ).toEqual([
      ['trl', 'dpo-lab', 1],
      ['trl', 'dpo-lab', 2],
    ]);
  });
});
