import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test-step.mjs';

const home = path.join(root, '.cache/trainers');

/**
 * @typedef {object} TrainerPackage
 * @property {string} name of its distribution
 * @property {string} version that was tried
 * @property {readonly string[]} pins versions of others that it is installed with
 * @property {RegExp} without packages that it asks for and training on a processor does not need
 * @property {Readonly<Record<string, string>>} [stubs] modules, with their text, that it imports all the same
 */

/**
 * A virtual environment with a trainer, on a PyTorch for processors; made once, which takes minutes.
 *
 * @param {TrainerPackage} trainer
 * @returns {string} its folder
 */
export function environmentOf({ name, version, pins, without, stubs = {} }) {
  const folder = path.join(home, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(home, { recursive: true });
  try {
    run('python3', '-m', 'venv', unfinished);
    const python = path.join(unfinished, 'bin/python');
    const pip = (/** @type {string[]} */ ...args) =>
      run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args);
    pip('torch==2.13.0', 'uv');
    pip('--no-deps', `${name}==${version}`);
    const script = `import importlib.metadata as m
print("\\n".join(r for r in m.requires(${JSON.stringify(name)}) if "extra ==" not in r))`;
    const asked = run(python, '-c', script).trim().split('\n');
    const torch = run(python, '-c', 'import importlib.metadata as m; print(m.version("torch"))').trim();
    const needed = asked.filter((requirement) => !without.test(requirement));
    // pip takes an hour to find versions that fit together.
    run(
      path.join(unfinished, 'bin/uv'),
      'pip',
      'install',
      '--quiet',
      '--python',
      python,
      `torch==${torch}`,
      ...pins,
      ...needed,
    );
    const [library = ''] = readdirSync(path.join(unfinished, 'lib'));
    for (const [module, text] of Object.entries(stubs))
      writeFileSync(path.join(unfinished, 'lib', library, 'site-packages', module), text);
    renameSync(unfinished, folder);
    return folder;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')}\n${stderr.split('\n').slice(-20).join('\n')}`);
  return stdout;
}
