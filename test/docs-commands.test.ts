import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPrograms } from './support/build-programs';
import { temporaryFolder } from './support/temporary-folder';

const ROOT = path.resolve(import.meta.dirname, '..');
const FIXTURES = path.join(ROOT, 'test/trainer/fixtures/trl');

/** Commands that are not run here, and why. What they name has to be there all the same. */
const NOT_RUN: readonly (readonly [command: RegExp, reason: string])[] = [
  [/^npm run demo/, 'trains for a minute and a half'],
  [/^npm test/, 'runs this test'],
  [/^npx vitest/, 'runs tests'],
  [/^npm run (build|generate)/, 'steps of npm test, which would write into the repository here'],
  [/^npm run package/, 'a test of its own'],
  [/^npm run fresh/, 'makes a whole system; run before a release'],
  [/^npm run test:trainers/, 'installs three trainers; what came out stands in docs/TRAINERS.md'],
  [/^npm run bench/, 'takes minutes; its sizes are a step of npm test'],
  [/^npm install -g/, 'installs into the machine; a test of the package does it by npx'],
  [/^npm audit/, 'asks a registry'],
  [/^node scripts\//, 'take minutes, or write into the repository'],
  [/^node test\/vscode\//, 'a step of npm test'],
  [/^node dist\/cli\.js setup/, 'downloads gigabytes'],
  [/^node dist\/cli\.js sweep examples\/goldilocks/, 'trains for minutes'],
  [/^node dist\/cli\.js sweep examples\/paper/, 'needs eight GPUs'],
];

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
  ...readdirSync(path.join(ROOT, 'examples')).map((name) => `examples/${name}/README.md`),
].filter((name) => existsSync(path.join(ROOT, name)));

/** Commands of shell blocks, and those of a sentence that start with a program; without comments. */
function commandsOf(name: string): string[] {
  const text = readFileSync(path.join(ROOT, name), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.matchAll(/`((?:npm (?:run|test|audit)|npx|node) [^`]+|npm test)`/g)];
  return [...blocks, ...inline.map(([, command = '']) => command)]
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const commands = [...new Set(DOCUMENTS.flatMap(commandsOf))];
const reasonOf = (command: string) => NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];

const CONFIG = `model: ./model
reference:
  policy: same
  logprobs: compute
data:
  train: pairs.jsonl
  eval: pairs.jsonl
  max_length: 128
training:
  method: full
  steps: 2
  batch_size: 4
  micro_batch_size: 4
sweep:
  beta: [0.1]
backend:
  device: cpu
`;

describe.skipIf(process.platform === 'win32')('commands of the documentation', () => {
  const folder = temporaryFolder();

  beforeAll(() => {
    buildPrograms(path.join(folder, 'dist'), 'cli', 'job', 'onnx-trainer', 'panel', '--production');
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    symlinkSync(path.join(ROOT, 'examples'), path.join(folder, 'examples'));
    cpSync(path.join(FIXTURES, 'model'), path.join(folder, 'model'), { recursive: true });
    cpSync(path.join(FIXTURES, 'strings.jsonl'), path.join(folder, 'pairs.jsonl'));
    for (const name of ['experiment.dpo.yaml', 'configs/a.dpo.yaml']) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(
        path.join(folder, name),
        CONFIG.replaceAll(/(model: |train: |eval: )/g, name.includes('/') ? '$1../' : '$1'),
      );
    }
  });

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(15);
    for (const [pattern] of NOT_RUN.slice(0, 2)) expect(commands.some((one) => pattern.test(one))).toBe(true);
  });

  it.each(commands)('%s: names only what exists', (command) => {
    const [program, first = '', second = ''] = command.split(' ');
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    if (program === 'npm') expect(['test', 'audit', 'install', 'run']).toContain(first);
    if (program === 'npm' && first === 'run') expect(Object.keys(scripts)).toContain(second);
    const files = command.match(/\b(?:scripts|test|examples)\/[\w./-]+/g) ?? [];
    for (const file of files) expect(existsSync(path.join(ROOT, file)), file).toBe(true);
  });

  it.each(commands.filter((command) => reasonOf(command) === undefined))(
    '%s: works',
    async (command) => {
      await promisify(execFile)('sh', ['-c', command], {
        cwd: folder,
        env: { ...process.env, HF_HOME: path.join(folder, 'hub'), NO_COLOR: '1' },
      });
    },
    120_000,
  );
});
