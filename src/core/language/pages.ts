import type { Checked } from '../check/check';
import { type MemoryPart, memoryEstimate } from '../memory/memory';
import { timeEstimate, timeInWords } from '../memory/time';
import type { RuleEntry } from '../rule';
import { ruleEntry } from '../rules/all';
import { gigabytes, table } from '../words/markdown';
import { referencePage } from './reference-words';
import type { Page } from './types';

/** What a code means and how it is known, as Markdown. */
export function rulePage(code: string): string {
  const entry = ruleEntry(code);
  if (!entry) return `# ${code}\n\nDPO Lab has no rule with this code.`;
  return [`# ${entry.code}: ${entry.title}`, `*${entry.severity}*`, ruleBody(entry)].join('\n\n');
}

/** The entry without its heading, for pages that list many. */
export function ruleBody({ when, why, todo, evidence }: RuleEntry): string {
  const list = evidence.map((item) => `- ${withLinks(item)}`).join('\n');
  return [
    when,
    `**Why.** ${why}`,
    `**What to do.** ${todo}`,
    ...(list ? [`**Evidence**\n\n${list}`] : []),
  ].join('\n\n');
}

/** Repositories by the short names that the evidence uses. */
const REPOSITORIES: Readonly<Record<string, string>> = {
  trl: 'huggingface/trl',
  'alignment-handbook': 'huggingface/alignment-handbook',
  'LLaMA-Factory': 'hiyouga/LLaMA-Factory',
  axolotl: 'axolotl-ai-cloud/axolotl',
  'ms-swift': 'modelscope/ms-swift',
  'open-instruct': 'allenai/open-instruct',
};

/** Threads such as `trl #1627, #2307` become links. */
function withLinks(text: string): string {
  return text.replace(/([\w./-]+) ((?:#\d+(?:, | and )?)+)/g, (whole, name: string, numbers: string) => {
    const repository = name.includes('/') ? name : REPOSITORIES[name];
    if (!repository) return whole;
    return `${name} ${numbers.replace(/#(\d+)/g, `[#$1](https://github.com/${repository}/issues/$1)`)}`;
  });
}

/** A page about one config. */
export function configPage(page: Page, { experiment, facts }: Checked): string {
  return page === 'reference' ? referencePage(experiment, facts) : memoryPage(experiment, facts);
}

function memoryPage(experiment: Checked['experiment'], facts: Checked['facts']): string {
  const { parts, total, assumptions } = memoryEstimate(experiment, facts);
  const heading = '# Memory this config needs';
  const time = timeEstimate(experiment, facts);
  if (total === undefined) {
    return [
      heading,
      'The size of the model is not known: it is neither a local folder nor in the hub cache, and its name gives no number of parameters.',
    ].join('\n\n');
  }
  return [
    heading,
    `**About ${gigabytes(total)} at the peak.** An estimate: within a factor of two of what was measured.`,
    ...peakTables(parts),
    available(facts),
    ...(time ? [timeInWords(time)] : []),
    ...assumptions,
  ].join('\n\n');
}

/** One table for each peak, since they do not add up. */
function peakTables(parts: readonly MemoryPart[]): string[] {
  return [...new Set(parts.map(({ peak }) => peak))].flatMap((peak) => {
    const own = parts.filter((part) => part.peak === peak);
    const rows = own.map(({ name, bytes, formula }) => [name, formula, gigabytes(bytes)]);
    const sum = own.reduce((bytes, part) => bytes + part.bytes, 0);
    const heading =
      peak === 'training' ? '## During training' : '## Before training: scoring pairs with the reference';
    return [
      heading,
      table([':part', ':calculation', 'memory'], [...rows, ['**together**', '', `**${gigabytes(sum)}**`]]),
    ];
  });
}

function available({ machine }: Checked['facts']): string {
  if (!machine) return 'The memory of this machine is not known here.';
  const gpu = machine.gpu ? ` and ${gigabytes(machine.gpu.memory)} on the GPU (${machine.gpu.name})` : '';
  return `This machine has ${gigabytes(machine.memory)}${gpu}.`;
}
