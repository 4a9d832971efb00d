import type { OptionPath } from '../../src/core/config/config';
import { describeType, wordsOf } from '../../src/core/config/describe';
import { SECTIONS } from '../../src/core/config/options';
import { describeDefault, OPTION_PATHS, optionAt, sectionAt } from '../../src/core/config/table';

const START = `# Config reference

A config is a file \`*.dpo.yaml\` (or \`.dpo.yml\`, \`.dpo.json\`). Only \`model\` and \`data.train\` must be written; everything else has a default or is off. A key that is not listed here is an error, except top-level keys that start with \`x-\`: they are free, for YAML anchors.

Values are judged by the rules in [RULES.md](RULES.md). The schema for other editors is \`schema/dpo.schema.json\`. "Elsewhere" lists what other trainers call a key; DPO Lab recognises these names and says where they belong.`;

/** docs/CONFIG.md: one section of the page for each section of a config. */
export function configPage(): string {
  const contents = SECTIONS.map(({ path }) => `- [${path}](#${anchor(path)})`).join('\n');
  return `${[START, contents, ...SECTIONS.map(({ path }) => sectionPart(path))].join('\n\n')}\n`;
}

function sectionPart(path: string): string {
  const section = sectionAt(path);
  const options = OPTION_PATHS.filter((option) => option.slice(0, option.lastIndexOf('.')) === path);
  const shorthand = section?.shorthand;
  const short = shorthand
    ? ` A plain value in place of the section stands for \`${path}.${shorthand}\`.`
    : '';
  const heading = `## ${path}\n\n${section?.why ?? ''}${short}`;
  if (options.length === 0) return heading;
  const rows = options.map((option) => `| ${cells(option).map(cell).join(' | ')} |`);
  const table = ['| key | value | default | unit | why | elsewhere |', '|---|---|---|---|---|---|', ...rows];
  return [heading, table.join('\n'), ...options.flatMap(valueList)].join('\n\n');
}

function cells(path: OptionPath): string[] {
  const { type, required, unit, why, alsoKnownAs } = optionAt(path);
  const fallback = required ? 'must be written' : describeDefault(path);
  return [
    code(lastPart(path)),
    describeType(type),
    fallback === undefined ? '' : required ? fallback : code(fallback),
    unit ?? '',
    why,
    (alsoKnownAs ?? []).map(code).join(', '),
  ];
}

function valueList(path: OptionPath): string[] {
  const words = wordsOf(optionAt(path).type);
  if (!words) return [];
  const items = Object.entries(words).map(([word, meaning]) => `- ${code(word)}: ${meaning}`);
  return [`Values of ${code(path)}:\n\n${items.join('\n')}`];
}

/** As GitHub makes it from a heading. */
function anchor(heading: string): string {
  return heading.replaceAll('.', '');
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
