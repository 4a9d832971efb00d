import { isFields } from '../../core/runs/read-files';
import { parsePythonJson } from './json-logs';
import { AttemptLines, isStep, linesOfEntry, type Recording } from './recording';
import { eventValues } from './tfevents';
import { trainerOfNames } from './trainer-of';

/** Scalars of one step that were logged together. */
interface Entry {
  readonly step: number;
  readonly time: number;
  readonly values: Record<string, number>;
}

/** All event files of one run, oldest first. A later one may have gone back to a checkpoint. */
export function readEventFiles(files: readonly Buffer[]): Recording {
  const lines = new AttemptLines();
  const settings: Record<string, unknown> = Object.create(null);
  const tags = new Set<string>();
  let isComplete = false;
  let last = 0;
  for (const file of files) {
    let isFirst = true;
    const entries = new Map<number, Entry>();
    for (const { tag, value, step, wall } of eventValues(file)) {
      if (typeof value === 'string') {
        Object.assign(settings, settingsIn(tag, value));
        continue;
      }
      tags.add(tag);
      if (tag === 'train/train_runtime') isComplete = true;
      if (!isStep(step) || isEndTag(tag)) continue;
      last = Math.max(last, step);
      const entry = entries.get(step) ?? { step, time: Math.round(wall * 1000), values: {} };
      entry.values[tag] = value;
      entries.set(step, entry);
    }
    for (const { step, time, values } of entries.values()) {
      for (const line of linesOfEntry(values, step, timeOr(time))) {
        lines.add(line, isFirst);
        isFirst = false;
      }
    }
  }
  return {
    lines: lines.lines,
    step: last,
    settings,
    ...trainerOfNames(tags),
    ...(isComplete && { isComplete }),
  };
}

/** What Hugging Face trainers log when they end, as values of the last step. */
function isEndTag(tag: string): boolean {
  return /^train\/(?:train_\w+|total_flos)$/.test(tag);
}

function timeOr(time: number): number | undefined {
  return Number.isFinite(time) && time > 0 && time < 8.64e15 ? time : undefined;
}

/** Arguments as JSON (Hugging Face), or as the Markdown table that open-instruct writes. */
function settingsIn(tag: string, text: string): Readonly<Record<string, unknown>> {
  if (/^(?:args|model_config)\/text_summary$/.test(tag)) {
    const value = parsePythonJson(text);
    // The model's config has names of its own.
    return isFields(value) && tag.startsWith('args') ? value : {};
  }
  if (!tag.startsWith('hyperparameters')) return {};
  const rows = text.split('\n').flatMap((row) => {
    const match = /^\|([^|]+)\|([^|]*)\|/.exec(row.trim());
    return match ? [[match[1]?.trim(), pythonWord(match[2]?.trim() ?? '')]] : [];
  });
  return Object.fromEntries(rows);
}

function pythonWord(text: string): unknown {
  if (text === 'None') return null;
  if (text === 'True' || text === 'False') return text === 'True';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text;
}
