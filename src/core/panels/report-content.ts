import { decimate } from '../metrics/decimate';
import type { CurvePart, ToPanel } from './protocol';

/** What a report holds. */
export interface ReportContent {
  /** When and by what it was written, and what was left out: shown below every page. */
  readonly origin: string;
  /** The first is shown first; others are reached from it. */
  readonly pages: readonly ReportPage[];
}

export interface ReportPage {
  /** The folder of a run, or the id of a sweep. */
  readonly name: string;
  readonly title: string;
  readonly messages: readonly ToPanel[];
}

/** Pixel columns that a curve is thinned to: more than a screen has, so that nothing seems to be missing. */
const COLUMNS = 2000;

/** What is done to long curves, for whoever reads a report. */
export const THINNING = `Curves of more than ${(4 * COLUMNS).toLocaleString('en-US')} points are thinned to what ${COLUMNS.toLocaleString('en-US')} columns can show: lowest and highest values are kept.`;

/** The same messages with long curves thinned, and whether any were. */
export function thinned(messages: readonly ToPanel[]): { messages: ToPanel[]; isThinned: boolean } {
  let isThinned = false;
  const thin = (part: CurvePart): CurvePart => {
    const [from = 0, to = 0] = [part.steps[0], part.steps.at(-1)];
    const { steps, values } = decimate(part, { from, to, width: COLUMNS });
    isThinned ||= steps.length < part.steps.length;
    return { ...part, steps, values };
  };
  const shorter = messages.map((message) =>
    message.kind === 'curves' ? { ...message, parts: message.parts.map(thin) } : message,
  );
  return { messages: shorter, isThinned };
}
