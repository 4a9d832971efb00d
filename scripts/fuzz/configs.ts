import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Checked, check, fixesOf } from '../../src/core/check/check';
import { describeExperiments } from '../../src/core/check/describe-settings';
import { factQuery } from '../../src/core/check/fact-query';
import { CONVERSION_TARGETS, convert } from '../../src/core/config/convert/convert';
import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { completionsAt } from '../../src/core/language/completion';
import { hoverAt } from '../../src/core/language/hover';
import { lensesOf } from '../../src/core/language/lenses';
import { outlineOf } from '../../src/core/language/outline';
import { preparePython } from '../../src/node/configs/python-parser';
import { SAMPLES } from '../../test/core/dialects/samples';
import { Chance, mutated } from './random';
import { NOTEBOOK, PYTHON, SCRIPT } from './scripts';

/** A config, and how its file may be named. */
interface Sample {
  readonly text: string;
  readonly names: readonly string[];
}

/** Changed texts are checked, and shown as the editor and the command line would. */
export class ConfigsFuzz {
  readonly #own: readonly Sample[];
  readonly #foreign: readonly Sample[];

  private constructor(root: string) {
    // The name of a format that the text has not is another kind of broken file.
    const names = ['a.dpo.yaml', 'a.dpo.yaml', 'a.dpo.json'];
    this.#own = ['test/golden', 'examples'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.dpo\.(yaml|json)$/.test(name))
        .sort()
        .map((name) => ({ text: readFileSync(path.join(root, folder, name), 'utf8'), names })),
    );
    this.#foreign = [
      ...Object.values(SAMPLES).map((text) => ({ text, names: ['dpo.yaml'] })),
      { text: SCRIPT, names: ['dpo.sh'] },
      { text: PYTHON, names: ['dpo.py'] },
      { text: NOTEBOOK, names: ['dpo.ipynb'] },
    ];
  }

  /** @param root of the repository, whose tests and examples are changed */
  static async open(root: string): Promise<ConfigsFuzz> {
    useDialects(FOREIGN_DIALECTS);
    const { resolve } = createRequire(path.join(root, 'package.json'));
    await preparePython({
      runtime: resolve('web-tree-sitter/web-tree-sitter.wasm'),
      grammar: resolve('tree-sitter-python/tree-sitter-python.wasm'),
    });
    return new ConfigsFuzz(root);
  }

  get samples(): number {
    return this.#own.length + this.#foreign.length;
  }

  /** @throws Error where anything throws, or a problem names a place outside of the text */
  try(seed: number): void {
    const chance = new Chance(seed);
    const sample = chance.of(chance.below(3) === 0 ? this.#foreign : this.#own);
    const text = mutated(sample.text, chance);
    const fileName = chance.of(sample.names);
    const checked = check(text, fileName);
    for (const { code, range } of checked.problems) {
      if (range.start < 0 || range.end < range.start || range.end > text.length)
        throw new Error(
          `${code} names the place ${range.start} to ${range.end} in ${text.length} characters`,
        );
    }
    if (chance.below(8) === 0) showAll(checked, chance);
  }
}

function showAll(checked: Checked, chance: Chance): void {
  const { text, fileName, problems, experiments } = checked;
  for (const problem of problems.slice(0, 4)) fixesOf(checked, problem);
  const offset = chance.below(text.length + 1);
  hoverAt(checked, offset, { describeOptions: true });
  completionsAt(checked, offset, { models: ['a/b'], dataFiles: ['c.jsonl'] }, { keysAndValues: true });
  outlineOf(checked);
  lensesOf(checked);
  describeExperiments(checked);
  for (const experiment of experiments) {
    factQuery(experiment, { configFile: '/w/a', workspaceFolder: '/w', dataFolder: '.dpo' });
    convert(experiment, { text, fileName }, chance.of(CONVERSION_TARGETS));
  }
}
