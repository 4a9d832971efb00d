import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Adopter } from '../../src/node/import/adopt';

const INTERVAL = 500;

const state = (steps: number): string =>
  JSON.stringify({
    global_step: steps,
    log_history: Array.from({ length: steps }, (_, index) => ({
      step: index + 1,
      loss: 0.6,
      'rewards/chosen': 0.1,
      'rewards/rejected': -0.1,
      'rewards/margins': 0.2,
    })),
  });

/** Seconds of the first import of so many folders, of a look that finds nothing new, and from a written step to its line. */
export async function measureAdoption(
  folder: string,
  folders: number,
): Promise<{ first: number; idle: number; delay: number }> {
  const runs = path.join(folder, 'elsewhere');
  const file = (index: number): string =>
    path.join(runs, `run-${index}`, 'checkpoint-50', 'trainer_state.json');
  for (let index = 0; index < folders; index++) {
    mkdirSync(path.dirname(file(index)), { recursive: true });
    writeFileSync(file(index), state(50));
  }
  const data = path.join(folder, 'adopted');
  const adopter = new Adopter(data, [runs], {});
  const timed = async (): Promise<{ seconds: number; ids: string[] }> => {
    const start = performance.now();
    const adopted = await adopter.next();
    return { seconds: (performance.now() - start) / 1000, ids: adopted.flatMap(({ id }) => id ?? []) };
  };
  const first = await timed();
  if (first.ids.length !== folders) throw new Error(`${first.ids.length} of ${folders} folders were adopted`);
  const idle = await timed();
  const written = performance.now();
  writeFileSync(file(folders - 1), state(51));
  // As --watch waits between two looks, and an editor at most a second.
  for (;;) {
    await delay(INTERVAL);
    const [id] = (await timed()).ids;
    if (id === undefined) continue;
    const metrics = readFileSync(path.join(data, 'runs', id, 'metrics.jsonl'), 'utf8');
    if (metrics.includes('"step":51')) break;
  }
  return { first: first.seconds, idle: idle.seconds, delay: (performance.now() - written) / 1000 };
}
