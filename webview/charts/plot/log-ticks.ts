/** Ticks that an axis has room for. */
const ROOM = 5;

/** Where a logarithmic axis is labelled: at 1, 2 and 5 of each power of ten, or evenly where it spans less than one. */
export function logTicks(from: number, to: number): number[] {
  const decades = Math.log10(to / from);
  if (decades < 1) return evenTicks(from, to);
  const [low, high] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const every = Math.max(1, Math.round(decades / ROOM));
  const factors = decades < 2 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return powers
    .filter((power) => power % every === 0)
    .flatMap((power) => factors.map((factor) => factor * 10 ** power))
    .filter((tick) => tick >= from && tick <= to);
}

function evenTicks(from: number, to: number): number[] {
  const rough = (to - from) / ROOM;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}
