/**
 * Runs in the page of a panel: fills it and uses it as a reader does. Nothing from outside this function is known there.
 */
export function fillPanel() {
  const RUN = '/runs/a';
  let last = 0;
  /** @type {unknown} */
  let points;
  let seed = 1;
  const random = () => {
    seed = (1103515245 * seed + 12345) % 2147483648;
    return seed / 2147483648;
  };
  /** @param {any} data */
  const send = (data) => window.dispatchEvent(new MessageEvent('message', { data }));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  /** @param {string[]} metrics @param {number} count */
  const parts = (metrics, count) => {
    const steps = Uint32Array.from({ length: count }, (_, index) => last + index + 1);
    last += count;
    return metrics.map((name) => ({
      split: 'train',
      name,
      steps,
      values: Float32Array.from(steps, (step) => 5 * Math.exp(-step / 40_000) + random()),
    }));
  };
  const sendPage = () =>
    send({
      kind: 'page',
      page: {
        kind: 'run',
        id: 'a',
        folder: RUN,
        title: 'bench, beta 0.1',
        state: 'running',
        sentence: `Running, step ${last}.`,
        next: '',
        beta: 0.1,
        step: last,
        totalSteps: 1e6,
        facts: [],
        alarms: [],
        checkpoints: [],
        warnings: [],
        actions: [],
      },
    });
  const bench = {
    /** @param {{ metrics: string[], steps: number }} task */
    async prepare({ metrics, steps }) {
      points = { kind: 'curves', run: RUN, restart: true, parts: parts(metrics, steps) };
      sendPage();
      await frame();
      await frame();
    },
    /** Milliseconds from the message with all points to the frame that shows them. */
    async fill() {
      const start = performance.now();
      send(points);
      while (document.querySelectorAll('.chart-plot canvas').length === 0) await frame();
      // The frame with the lines is over when the next one begins.
      await frame();
      return performance.now() - start;
    },
    /** Milliseconds between frames, while the reader looks around. @param {{ what: string, count: number }} task */
    async frames({ what, count }) {
      const over = document.querySelector('.u-over');
      if (!over) throw new Error('There is no chart.');
      const { left, top, width } = over.getBoundingClientRect();
      /** @param {number} share */
      const place = (share) => ({
        clientX: left + share * width,
        clientY: top + 20,
        bubbles: true,
        cancelable: true,
      });
      const intervals = [];
      if (what === 'pan')
        over.dispatchEvent(new WheelEvent('wheel', { ...place(0.5), ctrlKey: true, deltaY: -300 }));
      let before = Number(await frame());
      for (let index = 0; index < count; index++) {
        const isFirstHalf = index < count / 2;
        if (what === 'zoom')
          over.dispatchEvent(
            new WheelEvent('wheel', { ...place(0.4), ctrlKey: true, deltaY: isFirstHalf ? -8 : 8 }),
          );
        if (what === 'pan')
          over.dispatchEvent(new WheelEvent('wheel', { ...place(0.5), deltaX: isFirstHalf ? -4 : 4 }));
        if (what === 'cursor') over.dispatchEvent(new PointerEvent('pointermove', place(index / count)));
        const now = Number(await frame());
        intervals.push(now - before);
        before = now;
      }
      over.dispatchEvent(new MouseEvent('dblclick', place(0.5)));
      over.dispatchEvent(new PointerEvent('pointerleave', place(0.5)));
      await frame();
      return intervals;
    },
    /** @param {{ metrics: string[], seconds: number, stepsPerSecond: number }} task */
    live({ metrics, seconds, stepsPerSecond }) {
      return new Promise((resolve) => {
        let count = 0;
        const timer = setInterval(() => {
          send({ kind: 'curves', run: RUN, restart: false, parts: parts(metrics, 1) });
          // A job writes its state every two seconds.
          if (++count % Math.round(2 * stepsPerSecond) === 0) sendPage();
          if (count < seconds * stepsPerSecond) return;
          clearInterval(timer);
          resolve(undefined);
        }, 1000 / stepsPerSecond);
      });
    },
  };
  Object.assign(window, { bench });
}
