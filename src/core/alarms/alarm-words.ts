/** Numbers as the messages of alarms write them. */

export function share(step: number, totalSteps = 0): string {
  return `${Math.round((100 * step) / totalSteps)} %`;
}

/** Three digits that count. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'no number';
}
