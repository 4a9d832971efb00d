import { AttemptLines, linesOfEntry, numberOf, type Recording } from './recording';

/** What a log entry of a Hugging Face trainer holds: quoted names with numbers, quoted or not. */
const ENTRY = /\{'[\w/()-]+': [^{}\n]*\}/g;
const FIELD = /'([^']+)': (?:'([^']*)'|([^,}\s]+))/g;
/** A bar with words before it counts something else. */
const NAMED_BAR = /(?<!\w)[A-Za-z]\w*:\s+\d+%/;
/** A progress bar over optimizer steps: ` 25%|██▌  | 8/32 [00:05<`. */
const BAR = /(?<!\d)(\d+)\/(\d+) \[[\d:]+<[^[\]]*\]/g;
/** What torchtune's DiskLogger and StdoutLogger write. */
const TORCHTUNE = /^Step (\d+) \| (.+)$/;

/**
 * What a trainer printed: dicts of transformers 4 (numbers) and 5 (numbers in quotes), between progress bars that carry
 * the step, and torchtune's lines. Where no bar tells the step, it follows from the epoch only if the total is known, so
 * such an entry is left out.
 */
export function readPrintedLog(text: string): Recording {
  const lines = new AttemptLines();
  const bars = new Bars();
  let isComplete = false;
  let trainer: string | undefined;
  let before = -1;
  for (const part of text.split(/[\r\n]+/)) {
    const step = TORCHTUNE.exec(part);
    if (step) {
      trainer = 'torchtune';
      for (const line of linesOfEntry(torchtuneEntry(step[2] ?? ''), Number(step[1]))) lines.add(line);
      bars.step = Math.max(bars.step, Number(step[1]));
      continue;
    }
    let seen = 0;
    for (const { 0: written, index } of part.matchAll(ENTRY)) {
      bars.read(part.slice(seen, index));
      seen = index + written.length;
      const entry = fieldsOf(written);
      isComplete ||= 'train_runtime' in entry;
      const at = stepOf(entry, bars);
      if (at === undefined) continue;
      const isBack = at < before;
      before = at;
      for (const [index, line] of linesOfEntry(entry, at).entries()) lines.add(line, isBack && index === 0);
    }
    bars.read(part.slice(seen));
  }
  const totalSteps = bars.total;
  return {
    lines: lines.lines,
    step: Math.max(0, before),
    ...(trainer === undefined ? { isHuggingFace: before >= 0 } : { trainer }),
    ...(isComplete && { isComplete }),
    ...(totalSteps !== undefined && { totalSteps }),
  };
}

/** ms-swift prints the step; for others it is the training's progress bar, or the share of the epochs. */
function stepOf(entry: Readonly<Record<string, unknown>>, bars: Bars): number | undefined {
  const own = /^(\d+)\/(\d+)$/.exec(String(entry['global_step/max_steps']));
  if (own) {
    bars.total = Number(own[2]);
    return Number(own[1]);
  }
  return bars.total === undefined ? undefined : bars.step;
}

/** Follows the training's progress bar. Bars of evaluations, downloads and tokenizing have other totals. */
class Bars {
  step = 0;
  total: number | undefined;

  read(part: string): void {
    if (NAMED_BAR.test(part)) return;
    for (const [, done, total] of part.matchAll(BAR)) {
      // The first bar without words is the training's; an evaluation's comes later.
      this.total ??= Number(total);
      if (Number(total) === this.total) this.step = Number(done);
    }
  }
}

function fieldsOf(written: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [, name = '', quoted, bare] of written.matchAll(FIELD)) {
    if (name !== '__proto__')
      fields[name] = name.includes('max_steps') ? (quoted ?? bare) : (numberOf(quoted ?? bare) ?? quoted);
  }
  return fields;
}

function torchtuneEntry(text: string): Record<string, unknown> {
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(/:(?=[^:]*$)/));
  return Object.fromEntries(pairs.filter(([name]) => name !== '__proto__'));
}
