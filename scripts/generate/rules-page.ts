import { ruleBody } from '../../src/core/language/pages';
import { CODE_ENTRIES } from '../../src/core/rules/all';

const START = `# Rules

Every problem of a config that DPO Lab reports, and every alarm of a run (RUN), has one of these codes. \`dpo-lab explain CODE\` prints an entry, and a click on the code of a problem in the editor opens it.

An error would stop the experiment or spoil it; a warning is likely to; an info or a hint says what is worth knowing. A warning, info or hint about a config that has been considered is silenced by \`# dpo-lab: ignore CODE\` at the end of its line, or on a line of its own above it.`;

/** docs/RULES.md: one section for each code; its anchor is the code in lower case. */
export function rulesPage(): string {
  const rows = CODE_ENTRIES.map(
    ({ code, severity, title }) =>
      `| [${code}](#${code.toLowerCase()}) | ${severity} | ${title.replaceAll('|', '\\|')} |`,
  );
  const index = ['| code | severity | title |', '|---|---|---|', ...rows].join('\n');
  const sections = CODE_ENTRIES.map((entry) =>
    [`## ${entry.code}`, `**${entry.title}** (${entry.severity})`, ruleBody(entry)].join('\n\n'),
  );
  return `${[START, index, ...sections].join('\n\n')}\n`;
}
