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
    if (isLog) return size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(2)));
    const digits = Math.max(0, Math.ceil(-Math.log10(distance) - 1e-9));
    return digits > 4 ? shortExponential(value) : value.toFixed(digits).replace('-', '−');
  };
}

function shortExponential(value: number): string {
  return value.toExponential(1).replace('.0e', 'e').replace('-', '−');
}
