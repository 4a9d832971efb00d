import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { open, until, workspaceUri, writeFile } from './support';

const VERSIONS =
  '{"version": "3.12.1", "packages": {"torch": "2.13.0", "transformers": "5.18.0", "trl": "1.13.0", "peft": "0.21.0", "accelerate": "1.15.0", "datasets": "5.0.1"}}';

/** Has every package that training needs, and where it is to run the wheel (`-I -u -c CODE WHEEL`) trains as `scripted-torch.mjs` does. */
const python = (trainer: string): string => `#!/bin/sh
if [ "$2" != -u ]; then echo '${VERSIONS}'; exit; fi
shift 5
exec '${process.execPath}' '${trainer}' "$@"
`;

/** Makes what uv makes. */
const UV = `#!/bin/sh
echo "$@" >> "$0.calls"
if [ "$1" = venv ]; then
  for last; do :; done
  mkdir -p "$last/bin" && touch "$last/pyvenv.cfg"
else
  cp "$(dirname "$0")/made-python" "$4"
  echo "Installed 60 packages"
fi
`;

const CONFIG = `# plays: completes
model: ./model
data: { train: pairs.jsonl }
backend: { kind: torch }
`;

describe('the Python of the torch trainer', () => {
  const programs = mkdtempSync(path.join(tmpdir(), 'dpo-lab-uv-'));
  const environment = (): string => workspaceUri('.venv').fsPath;
  const { PATH } = process.env;

  before(() => {
    const { extensionPath = '' } = vscode.extensions.getExtension('dpo-lab.dpo-lab') ?? {};
    const trainer = path.join(extensionPath, 'test/job/scripted-torch.mjs');
    const files = { uv: UV, 'made-python': python(trainer), 'active-python': python(trainer) };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(programs, name), text);
      chmodSync(path.join(programs, name), 0o755);
    }
    const target = workspaceUri('torch').fsPath;
    const fixtures = path.join(extensionPath, 'test/trainer/fixtures/trl');
    cpSync(path.join(fixtures, 'model'), path.join(target, 'model'), { recursive: true });
    cpSync(path.join(fixtures, 'strings.jsonl'), path.join(target, 'pairs.jsonl'));
    process.env.PATH = `${programs}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    delete process.env.DPO_LAB_TEST_ACTIVE_PYTHON;
    rmSync(programs, { recursive: true, force: true });
    rmSync(environment(), { recursive: true, force: true });
  });

  const read = (file: string) => JSON.parse(readFileSync(workspaceUri(`.dpo/${file}`).fsPath, 'utf8'));
  let failed = '';

  async function train(): Promise<string> {
    const config = await writeFile(workspaceUri('torch/torch.dpo.yaml'), CONFIG);
    await open(config);
    const [id = ''] = (await vscode.commands.executeCommand<string[]>('dpoLab.train', config)) ?? [];
    return id;
  }

  /** The interpreter that trained a run to its end. */
  async function trainerOf(id: string): Promise<string> {
    await until('it is completed', () => read(`runs/${id}/status.json`).state === 'completed');
    const { sweep } = read(`runs/${id}/run.json`);
    return read(`sweeps/${sweep}/sweep.json`).trainer[0];
  }

  it('is missed by a run, which fails and says so', async () => {
    failed = await train();
    await until('it has failed', () => read(`runs/${failed}/status.json`).state === 'failed');
    assert.match(
      read(`runs/${failed}/status.json`).error,
      /^The torch trainer cannot start: .* resume the run\.$/,
    );
  });

  it('is made in .venv of the workspace, with versions that were tested', async () => {
    const made = await vscode.commands.executeCommand<string>('dpoLab.setUpEnvironment');
    assert.equal(made, path.join(environment(), 'bin/python'));
    const calls = readFileSync(path.join(programs, 'uv.calls'), 'utf8');
    assert.match(calls, /^venv .*\.venv\npip install --python .*torch==\S+ .*trl==\S+/);
    assert.ok(readdirSync(environment()).includes('dpo-lab.txt'));
  });

  it('trains what a config asks for, and what failed without it', async () => {
    await vscode.commands.executeCommand('dpoLab.resumeRun', failed);
    assert.equal(await trainerOf(failed), path.join(environment(), 'bin/python'));
    assert.equal(await trainerOf(await train()), path.join(environment(), 'bin/python'));
  });

  it('is the one that was chosen in the Python extension, where there is one', async () => {
    process.env.DPO_LAB_TEST_ACTIVE_PYTHON = path.join(programs, 'active-python');
    assert.equal(await trainerOf(await train()), path.join(programs, 'active-python'));
  });
});
