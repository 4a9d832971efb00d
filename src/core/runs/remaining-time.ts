/** A step and when it was done, in milliseconds. */
interface DoneStep {
  readonly step: number;
  readonly time: number;
}

/** Steps that the speed is judged by. */
const WINDOW = 50;

/** The speed of a run over its newest steps, evaluations included. */
export class Pace {
  readonly #steps: DoneStep[] = [];
  #slowest = 0;

  /** Steps that come again, or a clock that goes back, start it anew. */
  see(done: DoneStep): void {
    const last = this.#steps.at(-1);
    if (last && (done.step <= last.step || done.time < last.time)) this.#steps.length = 0;
    else if (last) this.#slowest = Math.max(this.#slowest, (done.time - last.time) / (done.step - last.step));
    this.#steps.push(done);
    if (this.#steps.length > WINDOW) this.#steps.shift();
  }

  /** Milliseconds until the last step; undefined while too little is known. */
  remaining(totalSteps: number): number | undefined {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    if (!first || !last || last.step === first.step) return undefined;
    const perStep = (last.time - first.time) / (last.step - first.step);
    return Math.max(0, Math.round(perStep * (totalSteps - last.step)));
  }

  /** Milliseconds of the slowest step. */
  get slowest(): number {
    return this.#slowest;
  }
}
