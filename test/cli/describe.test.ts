import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../core/dialects/samples';
import { useCli, VALID } from './dpo-lab';

const workplace = useCli();

describe('dpo-lab describe', () => {
  it('prints each training with its settings, their keys and lines', async () => {
    const place = workplace();
    place.write('lf.yaml', SAMPLES.llamafactory);
    place.write('own.dpo.yaml', VALID);
    const { stdout, code } = await place.run(['describe', 'lf.yaml', 'own.dpo.yaml', '--json']);
    const { experiments } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(
      experiments.map(({ file, dialect }: { file: string; dialect: string }) => [file, dialect]),
    ).toEqual([
      ['lf.yaml', 'llamafactory'],
      ['own.dpo.yaml', 'dpo-lab'],
    ]);
    const [{ settings, trainer, version, reference }] = experiments;
    expect([trainer, version]).toEqual(['LLaMA-Factory', '0.9.5']);
    expect(settings['objective.beta']).toEqual({ value: 0.1, given: true, key: 'pref_beta', line: 4 });
    expect(settings['training.learning_rate']).toEqual({
      value: null,
      given: false,
      key: 'learning_rate',
      line: null,
    });
    expect(settings['sweep.beta']).toEqual({ value: null, given: false, key: null, line: null });
    expect(settings['reference.policy'].value).toBe('same');
    expect(reference).toContain('org/model-sft');
  });

  it('takes the version that is installed beside the file', async () => {
    const place = workplace();
    place.write('train/dpo.yaml', `${SAMPLES.trl}max_prompt_length: 512\n`);
    const newest = JSON.parse((await place.run(['describe', 'train/dpo.yaml', '--json'])).stdout);
    mkdirSync(place.path('.venv/lib/python3.11/site-packages/trl-0.19.1.dist-info'), { recursive: true });
    const installed = JSON.parse((await place.run(['describe', 'train/dpo.yaml', '--json'])).stdout);
    expect([newest.experiments[0].version, installed.experiments[0].version]).toEqual(['1.13.0', '0.19.1']);
    const { stdout } = await place.run(['check', '--format', 'json', 'train']);
    expect(stdout).not.toContain('KEY002');
  });

  it('reads the file that a recipe builds upon', async () => {
    const place = workplace();
    place.write('base/dpo.yaml', SAMPLES['nemo-rl']);
    place.write('llm/dpo-other.yaml', 'defaults: ../base/dpo.yaml\npolicy:\n  model_name: org/other\n');
    const { stdout } = await place.run(['describe', 'llm', '--json']);
    const { settings } = JSON.parse(stdout).experiments[0];
    expect(settings['objective.beta'].value).toBe(0.05);
    expect(settings['model.path'].value).toBe('org/other');
  });

  it('finds files of other trainers in a folder by their content, and says nothing of others', async () => {
    const place = workplace();
    place.write('a/config_full.yaml', SAMPLES['alignment-handbook']);
    place.write('a/sft.yaml', 'model_name_or_path: m\nlearning_rate: 1.0e-5\n');
    place.write('.venv/dpo.yaml', SAMPLES.trl);
    place.write('huge-dpo.yaml', `${SAMPLES.trl}# ${'x'.repeat(900_000)}\n`);
    const { stdout, code } = await place.run(['check', '.', '--format', 'json']);
    expect(JSON.parse(stdout).files.map(({ file }: { file: string }) => file)).toEqual([
      'a/config_full.yaml',
    ]);
    expect(code).toBe(0);
    const alone = await place.run(['describe', 'a/sft.yaml']);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toContain('a/sft.yaml is not named like a config');
  });

  it('a folder with very many files is searched in bounds', async () => {
    const place = workplace();
    for (let folder = 0; folder < 30; folder++) {
      mkdirSync(place.path(`data/${folder}`), { recursive: true });
      for (let file = 0; file < 100; file++)
        writeFileSync(place.path(`data/${folder}/${file}.yaml`), 'a: 1\n');
    }
    place.write('configs/dpo.yaml', SAMPLES.trl);
    const { stdout, stderr } = await place.run(['describe', '.', '--json']);
    expect(JSON.parse(stdout).experiments.map(({ file }: { file: string }) => file)).toEqual([
      'configs/dpo.yaml',
    ]);
    expect(stderr).toContain('1001 were left out');
  });

  it('prints the schema of a trainer for other editors', async () => {
    const place = workplace();
    const { stdout, code } = await place.run(['schema', '--dialect', 'llamafactory']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).properties.pref_beta.default).toBe(0.1);
    const own = await place.run(['schema']);
    expect(JSON.parse(own.stdout).properties).toHaveProperty('objective');
    const unknown = await place.run(['schema', '--dialect', 'nobody']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('llamafactory')]);
  });
});
