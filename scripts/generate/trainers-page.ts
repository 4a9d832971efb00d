import { TABLES } from '../../src/core/config/dialects/all-tables';
import type { KeyChange, TrainerTable } from '../../src/core/config/dialects/table';
import { OPTION_PATHS } from '../../src/core/config/table';
import { TRAINING_ELSEWHERE } from './training-elsewhere';

const START = `# Configs of other trainers

DPO Lab reads the files that other trainers are configured with. They are recognised by their content, whatever their name; \`dpo-lab check FILE\` and the editor say what is wrong with them, \`dpo-lab describe FILE --json\` says what they train and what the reference effectively is.

A file is judged with the version of its trainer that is installed in \`.venv\`, \`venv\` or \`env\` of its folder or above it, else with the newest one that is known. In the editor a click on the first line chooses another one.

Of each trainer this page lists how it spells the [options of DPO Lab](CONFIG.md), with its own defaults in their words, and the keys that came or went with a version. Older spellings follow the present one.

## Other editors

\`dpo-lab schema --dialect NAME\` prints a JSON Schema of a trainer's configs from the same tables: keys, what they mean, values, defaults, and keys that went, with what to write instead. A YAML language server (Neovim, Helix, Emacs, JetBrains) uses it when a config begins with \`# yaml-language-server: $schema=NAME.schema.json\`, or by its setting for schemas and file names. axolotl prints a schema of its own (\`axolotl config-schema\`). How keys go together is said by \`dpo-lab check\`, which prints SARIF as well.

## Converting

\`dpo-lab convert FILE --to dpo-lab|trl|alignment-handbook|llamafactory|axolotl\` writes the config of one trainer as the config of another, always by way of ours; \`--experiment N\` chooses one training of a script with several, \`--out FILE\` writes a file. In the editor *Convert to...* (above beta, in the light bulb, in the palette) shows the new file and the list beside the old file, and writes it when asked. A list names what was carried, what became something else, what was lost and what the file does not decide; the last two stand above the new file, too.

- Where a key is absent and our default is another than the trainer's, the trainer's default is written out, so that the new file trains the same. What is filled in only when a script runs stays open, under \`x-undecided\` in our files.
- Pairs per optimizer step are micro batch x accumulation x processes. Where a file does not say how many processes run, one is taken and the list says so.
- Beta keeps its scale. Between summed and averaged log-probabilities there is no exchange rate: where the other trainer cannot average, beta is left out.
- Keys without an option of ours stay under \`x-\` and the dialect (\`x-trl\`), which our trainers pass over and the way back writes again: a file that becomes ours and is converted back trains the same.`;

/** docs/TRAINERS.md: one section for each trainer, from its table. */
export function trainersPage(): string {
  const tables = TABLES.filter(({ packages, launch }) => Object.keys(packages).length > 0 || launch !== '');
  return `${[START, TRAINING_ELSEWHERE, ...tables.map(trainerPart)].join('\n\n')}\n`;
}

function trainerPart(table: TrainerTable): string {
  const packages = Object.entries(table.packages).map(([name, version]) => `${name} ${version}`);
  const unknown =
    table.unknownKeys === 'rejected'
      ? 'It stops at a key that it does not know.'
      : 'A key that it does not know is ignored without a word.';
  const facts = [
    `Dialect \`${table.id}\`, started with \`${table.launch}\`.`,
    packages.length ? `Newest versions known: ${packages.join(', ')}.` : '',
    unknown,
    `Metrics: ${table.logs.map((log) => `\`${log}\``).join(', ')}.`,
  ];
  const rows = OPTION_PATHS.flatMap((path) => {
    const row = table.rows[path];
    if (!row) return [];
    const fallback = row.default === undefined ? '' : `\`${JSON.stringify(row.default)}\``;
    return `| \`${path}\` | ${row.keys
      .slice(0, 4)
      .map((key) => `\`${key}\``)
      .join(', ')} | ${fallback} |`;
  });
  const changes = table.changes.length
    ? [['| key | | what to do |', '|---|---|---|', ...table.changes.map(changeRow)].join('\n')]
    : [];
  return [
    `## ${table.trainer} (${table.id})`,
    facts.filter(Boolean).join(' '),
    ['| option | key | default |', '|---|---|---|', ...rows].join('\n'),
    ...changes,
  ].join('\n\n');
}

function changeRow({ key, package: name, never, since, until, instead, code }: KeyChange): string {
  const span = never ? 'no such key' : [since && `since ${name} ${since}`, until && `until ${name} ${until}`];
  const when = Array.isArray(span) ? span.filter(Boolean).join(', ') : span;
  return `| \`${key}\` | ${when} (${code}) | ${instead} |`;
}
