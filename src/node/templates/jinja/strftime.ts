const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const DAY = 24 * 60 * 60 * 1000;

/** A moment without a time zone: its UTC fields are what a clock on the wall shows. */
export type WallTime = Date;

/**
 * Python's strftime, with English names as in Python's default locale. `-` after the percent sign leaves out zeros in
 * front. A letter that Python does not know stays as it is.
 */
export function strftime(time: WallTime, format: string): string {
  return format.replace(/%([-_0^#]?)([a-zA-Z%])/g, (whole: string, flag: string, letter: string) => {
    const field = FIELDS[letter];
    if (!field) return whole;
    const text = field(time);
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    if (flag === '_') return text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
    return flag === '^' || flag === '#' ? text.toUpperCase() : text;
  });
}

const FIELDS: Readonly<Record<string, (time: WallTime) => string>> = {
  a: (time) => dayName(time).slice(0, 3),
  A: dayName,
  b: (time) => monthName(time).slice(0, 3),
  B: monthName,
  c: (time) => strftime(time, '%a %b %e %H:%M:%S %Y'),
  C: (time) => two(Math.floor(time.getUTCFullYear() / 100)),
  d: (time) => two(time.getUTCDate()),
  D: (time) => strftime(time, '%m/%d/%y'),
  e: (time) => String(time.getUTCDate()).padStart(2),
  f: (time) => `${String(time.getUTCMilliseconds()).padStart(3, '0')}000`,
  F: (time) => strftime(time, '%Y-%m-%d'),
  g: (time) => two(isoYear(time) % 100),
  G: (time) => String(isoYear(time)),
  h: (time) => monthName(time).slice(0, 3),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 || 12),
  j: (time) => String(dayOfYear(time) + 1).padStart(3, '0'),
  k: (time) => String(time.getUTCHours()).padStart(2),
  l: (time) => String(time.getUTCHours() % 12 || 12).padStart(2),
  m: (time) => two(time.getUTCMonth() + 1),
  M: (time) => two(time.getUTCMinutes()),
  n: () => '\n',
  p: (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (time) => (time.getUTCHours() < 12 ? 'am' : 'pm'),
  r: (time) => strftime(time, '%I:%M:%S %p'),
  R: (time) => strftime(time, '%H:%M'),
  S: (time) => two(time.getUTCSeconds()),
  t: () => '\t',
  T: (time) => strftime(time, '%H:%M:%S'),
  u: (time) => String(time.getUTCDay() || 7),
  U: (time) => two(Math.floor((dayOfYear(time) + 7 - time.getUTCDay()) / 7)),
  V: (time) => two(isoWeek(time)),
  w: (time) => String(time.getUTCDay()),
  W: (time) => two(Math.floor((dayOfYear(time) + 7 - ((time.getUTCDay() + 6) % 7)) / 7)),
  x: (time) => strftime(time, '%m/%d/%y'),
  X: (time) => strftime(time, '%H:%M:%S'),
  y: (time) => two(time.getUTCFullYear() % 100),
  Y: (time) => String(time.getUTCFullYear()),
  // A moment without a time zone has none to name.
  z: () => '',
  Z: () => '',
  '%': () => '%',
};

function dayName(time: WallTime): string {
  return DAYS[time.getUTCDay()] ?? '';
}

function monthName(time: WallTime): string {
  return MONTHS[time.getUTCMonth()] ?? '';
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** From 0. */
function dayOfYear(time: WallTime): number {
  const start = Date.UTC(time.getUTCFullYear(), 0, 1);
  return Math.floor((time.getTime() - start) / DAY);
}

/** The Thursday of the same week, whose year the week belongs to by ISO 8601. */
function thursday(time: WallTime): Date {
  return new Date(time.getTime() + (4 - (time.getUTCDay() || 7)) * DAY);
}

function isoYear(time: WallTime): number {
  return thursday(time).getUTCFullYear();
}

function isoWeek(time: WallTime): number {
  return Math.floor(dayOfYear(thursday(time)) / 7) + 1;
}
