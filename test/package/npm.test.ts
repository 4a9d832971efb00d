import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FIXTURES = path.join(ROOT, 'test/trainer/fixtures/trl');

const CONFIG = `model: ./model
objective:
  beta: 0.1
data:
  train: pairs.jsonl
  max_length: 128
training:
  method: full
  steps: 4
  batch_size: 4 # too few, which is to be said
  micro_batch_size: 4
backend:
  device: cpu
`;

/** The command line as npm packs it, run by npx from a folder that holds nothing but an experiment. */
describe('the npm package', () => {
  const base = temporaryFolder();
  const work = path.join(base, 'work');
  const packed = path.join(base, 'packages/dpo-lab-cli.tgz');

  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/package.mjs', 'cli', '--out', path.dirname(packed)], {
      cwd: ROOT,
    });
    mkdirSync(work);
    shareDownloads(path.join(base, 'npm'));
  }, 60_000);

  async function npx(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('npx', ['--yes', '--package', packed, 'dpo-lab', ...args], {
      cwd: work,
      shell: process.platform === 'win32',
      env: {
        ...process.env,
        npm_config_cache: path.join(base, 'npm'),
        npm_config_prefer_offline: 'true',
        // The package's script would fetch libraries for CUDA, hundreds of megabytes.
        npm_config_ignore_scripts: 'true',
        HF_HOME: path.join(base, 'hub'),
        NO_COLOR: '1',
      },
    });
    return stdout;
  }

  it('is installed and started by npx', async () => {
    const version = await npx('--version');
    expect(version.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  }, 60_000);

  it('brings ONNX Runtime along, and no other package of ours', () => {
    const [installation = ''] = readdirSync(path.join(base, 'npm/_npx'));
    const modules = readdirSync(path.join(base, 'npm/_npx', installation, 'node_modules'));
    expect(modules).toContain('onnxruntime-node');
    for (const bundled of ['yaml', 'ajv', 'commander', 'chokidar', '@huggingface', 'uplot'])
      expect(modules).not.toContain(bundled);
  });

  it('checks and trains', async () => {
    cpSync(path.join(FIXTURES, 'model'), path.join(work, 'model'), { recursive: true });
    cpSync(path.join(FIXTURES, 'strings.jsonl'), path.join(work, 'pairs.jsonl'));
    writeFileSync(path.join(work, 'tiny.dpo.yaml'), CONFIG);
    expect(await npx('check', 'tiny.dpo.yaml')).toContain('OPT005');
    await npx('train', 'tiny.dpo.yaml');
    const [run = ''] = readdirSync(path.join(work, '.dpo/runs'));
    expect(existsSync(path.join(work, '.dpo/runs', run, 'model/model.safetensors'))).toBe(true);
  }, 60_000);
});

/** A cache of npm's own, so that what is unpacked goes away with the test, with the downloads that are there already. */
function shareDownloads(cache: string): void {
  mkdirSync(cache);
  const usual = execFileSync('npm', ['config', 'get', 'cache'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const downloads = path.join(usual.trim(), '_cacache');
  if (existsSync(downloads)) symlinkSync(downloads, path.join(cache, '_cacache'), 'junction');
}
