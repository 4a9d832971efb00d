import type { ShellCommand, ShellWord } from './word';

/** What a command runs, once launchers such as `accelerate launch` are taken off. */
export interface Program {
  /** `train.py`, `openrlhf.cli.train_dpo`, `llamafactory-cli`: as written, with its folder. */
  readonly name: string;
  readonly kind: 'script' | 'module' | 'program';
  /** Where the name stands among the command's words; the arguments follow. */
  readonly at: number;
}

/** Run what follows them, after options of their own. */
const LAUNCHERS = new Set(
  (
    'accelerate torchrun torchpippy deepspeed horovodrun mpirun mpiexec srun sbatch salloc uv uvx pdm poetry rye hatch pixi ' +
    'pipenv conda mamba micromamba env nohup time timeout nice ionice numactl taskset sudo exec command stdbuf setsid ' +
    'singularity apptainer docker podman xvfb-run nsys ncu ipython eval bash sh zsh source . coverage cog ray'
  ).split(' '),
);

const PYTHON = /^(python|pypy|ipython)[\d.]*$/;

/**
 * The program in a command; undefined where none is written. Launchers' options are not known one by one: behind a
 * launcher, the program is the first Python file, the first module after `-m` or `--module`, or the first trainer's
 * own command.
 * @param commands names of trainers' own commands, such as `llamafactory-cli`
 */
export function programOf({ words }: ShellCommand, commands: ReadonlySet<string>): Program | undefined {
  const first = words.findIndex((word) => !isSetting(word));
  const name = nameAt(words, first);
  if (name === undefined) return undefined;
  const base = baseName(name);
  if (!LAUNCHERS.has(base) && !PYTHON.test(base) && !leadsElsewhere(words, first)) {
    return { name, kind: isScript(name) ? 'script' : 'program', at: first };
  }
  for (let at = first; at < words.length; at++) {
    const found = programAt(words, at, commands, at > first);
    if (found) return found;
  }
  return undefined;
}

function programAt(
  words: readonly ShellWord[],
  at: number,
  commands: ReadonlySet<string>,
  isBehind: boolean,
): Program | undefined {
  const name = nameAt(words, at);
  if (!name || name.startsWith('-') || name.includes('=')) return undefined;
  const before = words[at - 1]?.value ?? '';
  if ((before === '-m' || before === '--module') && isModule(name) && !LAUNCHED_MODULES.has(name)) {
    return { name, kind: 'module', at };
  }
  if (!isBehind || before.startsWith('--config')) return undefined;
  if (isScript(name) && !leadsElsewhere(words, at)) return { name, kind: 'script', at };
  return commands.has(baseName(name)) ? { name, kind: 'program', at } : undefined;
}

/** A script's name in a folder that is unknown, as in `$REPO/train.py`, is known all the same. */
function nameAt(words: readonly ShellWord[], at: number): string | undefined {
  const word = words[at];
  if (!word || word.value !== undefined || word.pieces.at(-1)?.value === undefined) return word?.value;
  const known = word.pieces.map(({ value }) => value ?? '').join('');
  return isScript(known) ? known : undefined;
}

/** Modules that launch a script themselves. */
const LAUNCHED_MODULES = new Set([
  'torch.distributed.run',
  'torch.distributed.launch',
  'accelerate.commands.launch',
]);

/** A script that hands what stands behind `--` to other machines. */
function leadsElsewhere(words: readonly ShellWord[], at: number): boolean {
  return words.slice(at + 1).some(({ value }) => value === '--');
}

function isModule(name: string): boolean {
  return /^[A-Za-z_][\w.]*$/.test(name);
}

function isScript(name: string): boolean {
  return /\.(py|sh|bash)$/.test(name);
}

/** `NAME=value` in front of a program, as `env` takes it. */
function isSetting({ value }: ShellWord): boolean {
  return value !== undefined && /^[A-Za-z_]\w*=/.test(value);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
