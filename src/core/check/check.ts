import { dialectOf } from '../config/dialects/registry';
import { DPO_LAB } from '../config/dpo-lab';
import type { Experiment } from '../config/experiment';
import type { Facts } from '../facts';
import type { Fix, Problem, Severity } from '../problem';
import type { Finding, Rule } from '../rule';
import { RULES } from '../rules/all';
import { applyEdits, type Range } from '../words/text';
import { isIgnored } from './ignore';

export interface Checked {
  readonly text: string;
  readonly fileName: string;
  readonly facts: Facts;
  /** The first of the experiments, in most files the only one. */
  readonly experiment: Experiment;
  readonly experiments: readonly Experiment[];
  /** False when broken syntax hides part of the file: some problems show only after it is mended. */
  readonly complete: boolean;
  /** By place in the text. */
  readonly problems: readonly Problem[];
}

/** Whether a file is a config of a trainer that is known, by its name or by its content. */
export function isConfigFile(fileName: string, text = ''): boolean {
  return dialectOf(fileName, text) !== undefined;
}

/**
 * Reads a config and says what is wrong with it. Never throws, whatever the text; ranges lie inside the text.
 * Without facts, the rules that need them stay silent.
 */
export function check(text: string, fileName: string, facts: Facts = {}): Checked {
  const dialect = dialectOf(fileName, text) ?? DPO_LAB;
  const { experiments, problems, complete } = dialect.read(text, fileName, facts.reading ?? {});
  const found = [...problems];
  for (const experiment of experiments) {
    for (const rule of RULES) {
      for (const finding of rule.check(experiment, facts)) {
        const isWritten = finding.key !== undefined && experiment.own?.entries.find(finding.key);
        const { given, malformed, expressible } = experiment.get(finding.at);
        if (isWritten || (expressible && (complete || given || malformed)))
          found.push(problemOf(rule, finding, experiment));
      }
    }
  }
  const shown = distinct(found.map((problem) => ({ ...problem, range: inside(problem.range, text) })))
    .filter((problem, _, all) => !isIgnored(text, problem) && !isFollowUp(problem, all))
    .sort(
      (a, b) =>
        a.range.start - b.range.start || RANK[a.severity] - RANK[b.severity] || a.code.localeCompare(b.code),
    );
  const [experiment] = experiments;
  return { text, fileName, facts, experiment, experiments, complete, problems: shown };
}

/** The fixes that really help: applied, the problem is gone and no new error appears. */
export function fixesOf(checked: Checked, problem: Problem): Fix[] {
  return problem.fixes.filter((fix) => {
    const after = check(applyEdits(checked.text, fix.edits), checked.fileName, checked.facts);
    // A script with several trainings may have the same problem in each of them.
    const count = ({ problems }: Checked): number =>
      problems.filter((other) => isSame(other, problem)).length;
    return count(after) < count(checked) && !bringsNewError(checked, after);
  });
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2, hint: 3 };

function problemOf(rule: Rule, finding: Finding, experiment: Experiment): Problem {
  const fixes = (finding.fixes ?? []).flatMap(({ title, edits }) =>
    edits?.length ? [{ title, edits }] : [],
  );
  return {
    code: rule.code,
    severity: finding.severity ?? rule.severity,
    range: finding.range ?? ownKeyRange(finding, experiment) ?? experiment.get(finding.at).range,
    message: finding.message,
    fixes,
  };
}

function ownKeyRange({ key }: Finding, { own }: Experiment): Range | undefined {
  return key === undefined ? undefined : own?.entries.find(key)?.range;
}

/** What else is wrong with a value that could not even be read. */
function isFollowUp(problem: Problem, all: readonly Problem[]): boolean {
  const sameStart = (other: Problem): boolean => other.range.start === problem.range.start;
  return !problem.code.startsWith('SYN') && all.some((other) => other.code === 'SYN001' && sameStart(other));
}

/** The same words at another place count as the same problem, since a fix moves what follows it. */
function isSame(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.message === b.message;
}

/** Errors that broken syntax had hidden are not new; more broken syntax is. */
function bringsNewError(before: Checked, after: Checked): boolean {
  if (!before.complete) return syntaxErrors(after) > syntaxErrors(before);
  return after.problems.some(
    (problem) => problem.severity === 'error' && !before.problems.some((other) => isSame(other, problem)),
  );
}

function syntaxErrors({ problems }: Checked): number {
  return problems.filter((problem) => problem.code.startsWith('SYN')).length;
}

function distinct(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, range, message }) => {
    const id = `${code} ${range.start} ${range.end} ${message}`;
    return !seen.has(id) && seen.add(id);
  });
}

function inside(range: Range, text: string): Range {
  const start = Math.max(0, Math.min(range.start, text.length));
  return { start, end: Math.max(start, Math.min(range.end, text.length)) };
}
