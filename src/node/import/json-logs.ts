import { isFields } from '../../core/runs/read-files';
import { AttemptLines, isStep, isSummary, linesOfEntry, NOTHING, type Recording } from './recording';

/**
 * Python writes NaN and Infinity into JSON as bare words. They become strings, outside of strings only.
 *
 * @returns undefined for what is no JSON
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Only a text that JSON does not know is searched for the words.
  }
  const quoted = quoteBareWords(text);
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

const BARE_WORD = /-?\bInfinity\b|\bNaN\b/g;

/** In one pass, whatever the text: a string that never ends takes the rest. */
function quoteBareWords(text: string): string {
  let quoted = '';
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at);
    const outside = text.slice(at, open < 0 ? text.length : open);
    quoted += outside.replace(BARE_WORD, '"$&"');
    if (open < 0) break;
    let close = open + 1;
    while (close < text.length && text[close] !== '"') close += text[close] === '\\' ? 2 : 1;
    quoted += text.slice(open, close + 1);
    at = close + 1;
  }
  return quoted;
}

/** `trainer_state.json` of Hugging Face trainers: the whole history, written at checkpoints and at the end. */
export function readTrainerState(text: string): Recording {
  const state = parsePythonJson(text);
  if (!isFields(state) || !Array.isArray(state.log_history)) return NOTHING;
  const entries = state.log_history.filter(isFields);
  return {
    isHuggingFace: true,
    lines: entries.flatMap((entry) => linesOfEntry(entry, entry.step)),
    ...(isStep(state.global_step) && { step: state.global_step }),
    ...(isStep(state.max_steps) && state.max_steps > 0 && { totalSteps: state.max_steps }),
    ...(entries.some(isSummary) && { isComplete: true }),
  };
}

/** `trainer_log.jsonl` of LLaMA-Factory: some metrics, live. */
export function readTrainerLog(text: string): Recording {
  const lines = new AttemptLines();
  let totalSteps: number | undefined;
  let step = 0;
  for (const entry of jsonLines(text)) {
    if (!isStep(entry.current_steps)) continue;
    const isBack = entry.current_steps < step;
    step = entry.current_steps;
    if (isStep(entry.total_steps)) totalSteps = entry.total_steps;
    for (const [index, line] of linesOfEntry(entry, step).entries()) lines.add(line, isBack && index === 0);
  }
  return {
    lines: lines.lines,
    step,
    trainer: 'llama-factory',
    ...(totalSteps !== undefined && { totalSteps }),
  };
}

/** `logging.jsonl` of ms-swift: every metric, live. Its last two lines are summaries. */
export function readSwiftLog(text: string): Recording {
  const lines = new AttemptLines();
  let totalSteps: number | undefined;
  let step = 0;
  let isComplete = false;
  for (const entry of jsonLines(text)) {
    isComplete ||= isSummary(entry);
    const match = /^(\d+)\/(\d+)$/.exec(String(entry['global_step/max_steps']));
    if (!match) continue;
    const isBack = Number(match[1]) < step;
    step = Number(match[1]);
    totalSteps = Number(match[2]);
    for (const [index, line] of linesOfEntry(entry, step).entries()) lines.add(line, isBack && index === 0);
  }
  return {
    lines: lines.lines,
    step,
    trainer: 'ms-swift',
    ...(isComplete && { isComplete }),
    ...(totalSteps !== undefined && { totalSteps }),
  };
}

/** `args.json` of ms-swift: every argument. */
export function readSwiftArgs(text: string): Recording {
  const settings = parsePythonJson(text);
  if (!isFields(settings)) return NOTHING;
  const version = settings.swift_version;
  return { lines: [], settings, ...(typeof version === 'string' && { trainer: 'ms-swift', version }) };
}

/** The lines that hold an object. A line that is cut or damaged is passed over. */
function* jsonLines(text: string): Generator<Readonly<Record<string, unknown>>> {
  for (const line of text.split('\n')) {
    const value = line.trim() === '' ? undefined : parsePythonJson(line);
    if (isFields(value)) yield value;
  }
}
