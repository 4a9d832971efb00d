/** Labels of an axis: as many digits as tell neighbours apart, in 7 characters at most. */
export function tickWords(
  format: ((value: number) => string) | undefined,
  distance: number,
  isLog: boolean,
): (value: number | null) => string | null {
  if (format) return (value) => (value === null ? null : format(value));
  return (value) => {
    if (value === null) return null;
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
    if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
    if (isLog) return size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
    const digits = DIGITS.find((count) => isWhole(distance * 10 ** count));
    return digits === undefined ? shortExponential(value) : value.toFixed(digits).replace('-', '−');
  };
}

/** Digits after the point that a label has room for. */
const DIGITS = [0, 1, 2, 3, 4];

function isWhole(value: number): boolean {
  return value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6 * value;
}

function shortExponential(value: number): string {
  return value.toExponential(1).replace('.0e', 'e').replaceAll('-', '−');
}
