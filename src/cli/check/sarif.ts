import { isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Log, Region, ReportingDescriptor, Result, Run, Fix as SarifFix } from 'sarif';
import type { Fix, Problem, Severity } from '../../core/problem';
import type { RuleEntry } from '../../core/rule';
import { RULE_ENTRIES } from '../../core/rules/all';
import { LineIndex, type Range } from '../../core/words/text';
import { EXIT } from '../usage-error';
import { VERSION } from '../version';
import type { FileReport, Report } from './file-reports';

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** SARIF 2.1.0, for code scanning services. Files below `cwd` are named relative to it. */
export function sarifReport(report: Report, cwd: string, exitCode: number): string {
  const run: Run = {
    tool: {
      driver: { name: 'dpo-lab', semanticVersion: VERSION, rules: RULE_ENTRIES.map(ruleDescriptor) },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { uri: pathToFileURL(`${cwd}${sep}`).href } },
    invocations: [
      {
        executionSuccessful: exitCode !== EXIT.usage,
        exitCode,
        toolExecutionNotifications: report.failures.map(({ reason }) => ({
          level: 'error',
          message: { text: reason },
        })),
      },
    ],
    results: report.files.flatMap((file) => fileResults(file, cwd)),
  };
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return JSON.stringify(log, null, 2);
}

const RULE_INDEX = new Map(RULE_ENTRIES.map(({ code }, index) => [code, index]));

function ruleDescriptor({
  code,
  title,
  severity,
  when,
  why,
  todo,
  evidence,
}: RuleEntry): ReportingDescriptor {
  const sources = evidence.map((source) => `- ${source}`).join('\n');
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: when },
    help: {
      text: `${why}\n\n${todo}`,
      markdown: [why, `**What to do.** ${todo}`, ...(sources ? [sources] : [])].join('\n\n'),
    },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function fileResults({ path, text, problems }: FileReport, cwd: string): Result[] {
  const lines = new LineIndex(text);
  const artifactLocation = locationOf(path, cwd);
  return problems.map((problem) => ({
    ...ruleOf(problem),
    level: LEVELS[problem.severity],
    message: { text: problem.message },
    locations: [{ physicalLocation: { artifactLocation, region: regionOf(lines, problem.range) } }],
    ...(problem.fixes.length > 0
      ? { fixes: problem.fixes.map((fix) => sarifFix(fix, artifactLocation, lines)) }
      : {}),
  }));
}

function ruleOf({ code }: Problem): Pick<Result, 'ruleId' | 'ruleIndex'> {
  const index = RULE_INDEX.get(code);
  return index === undefined ? { ruleId: code } : { ruleId: code, ruleIndex: index };
}

function sarifFix({ title, edits }: Fix, artifactLocation: ArtifactLocation, lines: LineIndex): SarifFix {
  const replacements = edits.map(({ range, newText }) => ({
    deletedRegion: regionOf(lines, range),
    insertedContent: { text: newText },
  }));
  return { description: { text: title }, artifactChanges: [{ artifactLocation, replacements }] };
}

function regionOf(lines: LineIndex, { start, end }: Range): Region {
  const from = lines.position(start);
  const to = lines.position(end);
  return {
    startLine: from.line + 1,
    startColumn: from.column + 1,
    endLine: to.line + 1,
    endColumn: to.column + 1,
  };
}

function locationOf(path: string, cwd: string): ArtifactLocation {
  const below = relative(cwd, path);
  if (below.startsWith('..') || isAbsolute(below)) return { uri: pathToFileURL(path).href };
  return { uri: below.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
