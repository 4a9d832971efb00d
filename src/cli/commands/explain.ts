import type { Command } from 'commander';
import { distance } from 'fastest-levenshtein';
import type { RuleEntry } from '../../core/rule';
import { CODE_ENTRIES, ruleEntry } from '../../core/rules/all';
import { type Layout, layout, print } from '../terminal/output';
import { visible, wrap, wrapMarkdown } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

/** Longer lines than this are tiring to read, however wide the terminal is. */
const READING_WIDTH = 100;

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('say what a code of a problem or an alarm means and how it is known')
    .description(
      'Says when a problem or an alarm is reported, why it matters, what to do, and how that is known.',
    )
    .argument('[code]', 'a code such as BETA001; without one, all codes are listed')
    .addHelpText(
      'after',
      '\nExamples:\n  dpo-lab explain BETA001\n  dpo-lab explain RUN003\n  dpo-lab explain',
    )
    .action((code: string | undefined) => {
      const page = { ...layout(), width: Math.min(layout().width, READING_WIDTH) };
      print(code === undefined ? listRules(page) : explainRule(code, page));
    });
}

/** @throws UsageError where there is no such code */
export function explainRule(code: string, { width, paint }: Layout): string {
  const entry = ruleEntry(code);
  if (!entry) throw new UsageError(unknownCode(code));
  const part = (title: string, markdown: string): string[] => [
    '',
    paint('bold', title),
    ...wrapMarkdown(markdown, width, '  '),
  ];
  return [
    `${paint('bold', entry.code)} ${entry.severity}`,
    ...wrap(entry.title, width),
    ...part('When', entry.when),
    ...part('Why', entry.why),
    ...part('What to do', entry.todo),
    ...(entry.evidence.length > 0
      ? [
          '',
          paint('bold', 'How this is known'),
          ...entry.evidence.flatMap((item) => wrap(item, width, '    ', '  - ')),
        ]
      : []),
  ].join('\n');
}

function listRules({ width, paint }: Layout): string {
  const codeWidth = Math.max(...CODE_ENTRIES.map(({ code }) => code.length));
  const severityWidth = 'warning'.length;
  const line = ({ code, severity, title }: RuleEntry): string[] => {
    const start = `${code.padEnd(codeWidth)}  ${severity.padEnd(severityWidth)}  `;
    const [first = '', ...rest] = wrap(title, width, ' '.repeat(start.length), start);
    return [paint('bold', first.slice(0, codeWidth)) + first.slice(codeWidth), ...rest];
  };
  return [...CODE_ENTRIES.flatMap(line), '', 'dpo-lab explain CODE says more about one of them.'].join('\n');
}

function unknownCode(code: string): string {
  const wanted = code.toUpperCase();
  const nearest = CODE_ENTRIES.map((entry) => ({ code: entry.code, edits: distance(wanted, entry.code) }))
    .filter(({ edits }) => edits <= 3)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map((candidate) => candidate.code);
  const advice =
    nearest.length > 0 ? `Did you mean ${nearest.join(', ')}?` : 'dpo-lab explain lists all codes.';
  return `There is no code ${visible(code)}. ${advice}`;
}
