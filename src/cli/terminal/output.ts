import { styleText } from 'node:util';
import { EXIT } from '../usage-error';

/** The only module of the command line that writes to the terminal. */

export type Style = 'red' | 'yellow' | 'blue' | 'cyan' | 'green' | 'dim' | 'bold';

/** How text is laid out for a reader. */
export interface Layout {
  /** Columns. */
  readonly width: number;
  paint(style: Style, text: string): string;
}

const WIDTH_WITHOUT_TERMINAL = 100;
/** Narrower than this nothing reads well, and a terminal can claim 0 columns. */
const LEAST_WIDTH = 40;

export function layout(): Layout {
  const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const columns = process.stdout.columns || WIDTH_WITHOUT_TERMINAL;
  return {
    width: Math.max(LEAST_WIDTH, columns),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Lines at the end of the output that are written again and again, on a terminal. */
export class LiveLines {
  #count = 0;

  constructor(private readonly stream: NodeJS.WriteStream = process.stdout) {}

  /** Whether lines can be written anew on standard output. */
  static get possible(): boolean {
    return LiveLines.possibleOn(process.stdout);
  }

  static possibleOn(stream: NodeJS.WriteStream): boolean {
    return stream.isTTY === true && process.env.TERM !== 'dumb';
  }

  /** @param lines none of them wider than the terminal */
  show(lines: readonly string[]): void {
    this.stream.write(this.#clearing() + lines.map((line) => `${line}\n`).join(''));
    this.#count = lines.length;
  }

  clear(): void {
    this.stream.write(this.#clearing());
    this.#count = 0;
  }

  #clearing(): string {
    return this.#count === 0 ? '' : `\u001B[${this.#count}A\u001B[0J`;
  }
}

/** For people, beside output that a program may read. */
export function printToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A reader that closes our output early, as `head` does, ends the program, with the exit code that was already set.
 * Output that cannot be written, as on a full disk, is a failure.
 */
export function endWhenOutputCloses(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    printToStderr(`The output could not be written: ${error.message}. Write it to another place.`);
    process.exit(EXIT.usage);
  });
  process.stderr.on('error', () => process.exit());
}
