import { ByteCursor, type Literal, literal } from './byte-cursor';
import { isStep, type MetricNumbers, MOST_METRICS, type Row } from './row';

const [COMMA, COLON, OPEN, CLOSE, LINE_FEED] = [0x2c, 0x3a, 0x7b, 0x7d, 0x0a];

const key = (text: string): Literal => literal(`"${text}":`);
const quoted = (text: string): Literal => literal(`"${text}"`);
const STEP = key('step');
const TIME = key('time');
const SPLIT = key('split');
const VALUES = key('values');
const TRAIN = quoted('train');
const EVAL = quoted('eval');
const NAMED = [NaN, Infinity, -Infinity].map((number) => [quoted(String(number)), number] as const);

/**
 * Reads lines of `metrics.jsonl` from their bytes, several times faster than by way of JSON.parse: no text and no object
 * is made. It knows lines as trainers write them, keys in the order of the format, and gives up on any other, which is
 * then to be parsed. A line that it reads, JSON.parse reads as well, with the same values.
 */
export class LineScanner {
  readonly #cursor = new ByteCursor();
  readonly #keys: Literal[] = [];
  readonly #isChosen: boolean[] = [];
  /** The metric that came after each metric in lines before, and first after none: most lines have the same order. */
  readonly #following = new Uint8Array(MOST_METRICS + 1);

  /**
   * @param metrics by which rows name their metrics
   * @param chosen the metrics that rows shall have; absent: all, also those that a trainer has of its own
   */
  constructor(
    private readonly metrics: MetricNumbers,
    private readonly chosen?: ReadonlySet<string>,
  ) {}

  /** @param lines whole ones, each with its line feed */
  open(lines: Uint8Array): void {
    this.#cursor.open(lines);
  }

  /** The lines are no longer needed. */
  close(): void {
    this.#cursor.open(new Uint8Array());
  }

  /**
   * Reads the line that begins at `start`.
   *
   * @returns where the next line begins, or -1 where this one is to be parsed
   */
  scan(start: number, row: Row): number {
    const cursor = this.#cursor;
    if (this.#keys.length < this.metrics.names.length) this.#learnNames();
    cursor.at = start;
    row.count = 0;
    if (!this.#readHead(row) || !this.#readValues(row) || !cursor.takes(CLOSE)) return -1;
    return cursor.takes(LINE_FEED) ? cursor.at : -1;
  }

  /** Names that came up since the line before. */
  #learnNames(): void {
    for (const name of this.metrics.names.slice(this.#keys.length)) {
      this.#keys.push(literal(`${JSON.stringify(name)}:`));
      this.#isChosen.push(this.chosen?.has(name) ?? true);
    }
  }

  #readHead(row: Row): boolean {
    const cursor = this.#cursor;
    if (!cursor.takes(OPEN) || !this.#takesKey(STEP) || !cursor.takesNumber()) return false;
    row.step = cursor.number;
    if (!isStep(row.step) || !cursor.takes(COMMA)) return false;
    if (!this.#takesKey(TIME) || !cursor.takesNumber() || !cursor.takes(COMMA)) return false;
    if (!this.#takesKey(SPLIT)) return false;
    if (cursor.takesLiteral(TRAIN)) row.split = 'train';
    else if (cursor.takesLiteral(EVAL)) row.split = 'eval';
    else return false;
    return cursor.takes(COMMA) && this.#takesKey(VALUES);
  }

  /** Takes a key with its colon, and space around them. */
  #takesKey(key: Literal): boolean {
    const cursor = this.#cursor;
    cursor.skipSpace();
    if (!cursor.takesLiteral(key)) return false;
    cursor.skipSpace();
    return true;
  }

  #readValues(row: Row): boolean {
    const cursor = this.#cursor;
    if (!cursor.takes(OPEN)) return false;
    if (cursor.takes(CLOSE)) return true;
    let before = MOST_METRICS;
    do {
      const metric = this.#takeMetric(before);
      if (metric < 0) {
        if (!this.#takesForeign()) return false;
        continue;
      }
      before = metric;
      if (!cursor.takesNumber() && !this.#takesNamedNumber()) return false;
      if (!this.#isChosen[metric]) continue;
      if (row.count === MOST_METRICS) return false;
      row.add(metric, cursor.number);
    } while (cursor.takes(COMMA));
    return cursor.takes(CLOSE);
  }

  /** Takes a metric's name as a key; -1 where there is none. */
  #takeMetric(before: number): number {
    const likely = this.#following[before] ?? 0;
    if (this.#takesKey(this.#keys[likely] ?? STEP)) return likely;
    const metric = this.#keys.findIndex((name) => this.#takesKey(name));
    if (metric >= 0) this.#following[before] = metric;
    return metric;
  }

  /** Passes over a value that rows do not have. A number under a new name is to be parsed, so that the name is learned. */
  #takesForeign(): boolean {
    const cursor = this.#cursor;
    if (!cursor.takesString() || !cursor.takes(COLON)) return false;
    cursor.skipSpace();
    const isWanted = this.chosen === undefined && !this.metrics.isFull;
    if (cursor.takesNumber() || this.#takesNamedNumber()) return !isWanted;
    return cursor.takesString();
  }

  #takesNamedNumber(): boolean {
    const found = NAMED.find(([name]) => this.#cursor.takesLiteral(name));
    if (found) this.#cursor.number = found[1];
    return found !== undefined;
  }
}
