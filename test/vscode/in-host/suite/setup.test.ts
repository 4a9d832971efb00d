import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { workspaceUri } from './support';

/** Has every package that training needs, in some version of the window. */
const PYTHON = `#!/bin/sh
echo '{"version": "3.12.1", "packages": {"torch": "2.13.0", "transformers": "5.18.0", "trl": "1.13.0", "peft": "0.21.0", "accelerate": "1.15.0", "datasets": "5.0.1"}}'
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

describe('setting up the training environment', () => {
  const programs = mkdtempSync(path.join(tmpdir(), 'dpo-lab-uv-'));
  const environment = (): string => workspaceUri('.venv').fsPath;
  const { PATH } = process.env;

  before(() => {
    for (const [name, text] of Object.entries({ uv: UV, 'made-python': PYTHON })) {
      writeFileSync(path.join(programs, name), text);
      chmodSync(path.join(programs, name), 0o755);
    }
    process.env.PATH = `${programs}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    rmSync(programs, { recursive: true, force: true });
    rmSync(environment(), { recursive: true, force: true });
  });

  it('makes .venv in the workspace, with versions that were tested', async () => {
    const python = await vscode.commands.executeCommand<string>('dpoLab.setUpEnvironment');
    assert.equal(python, path.join(environment(), 'bin/python'));
    const calls = readFileSync(path.join(programs, 'uv.calls'), 'utf8');
    assert.match(calls, /^venv .*\.venv\npip install --python .*torch==\S+ .*trl==\S+/);
  });
});
