/** Numbers as people read them, with their units. */

/** Made once: charts write thousands of numbers a second. */
const WHOLE = new Intl.NumberFormat('en-US');

/** At most four characters that count: `0.0123`, `12.3`, `1,234`. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 ? whole(value) : String(Number(value.toPrecision(3)));
}

export function whole(value: number): string {
  return WHOLE.format(Math.round(value));
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(100 * share)} %` : String(share);
}

/** `45 s`, `12 min`, `1 h 05 min`, `2 d 3 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
