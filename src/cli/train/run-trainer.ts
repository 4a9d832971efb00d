import { type TrainerEnd as ProcessEnd, runTrainer as run } from '../../node/launch/run-onnx-command';
import { programs } from './launching';

export interface TrainerEnd extends ProcessEnd {
  /** Somebody asked this program to stop, with Ctrl-C for instance. */
  readonly interrupted: boolean;
}

/**
 * Runs the onnx trainer's program for a command. A request to stop is passed on, and this program goes on when the
 * trainer has ended.
 *
 * @param onLine gets each line of JSON that it prints
 */
export async function runTrainer<Line>(
  args: readonly string[],
  onLine: (line: Line) => void,
): Promise<TrainerEnd> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const end = await run(programs(), args, onLine, abort.signal);
    return { ...end, interrupted: abort.signal.aborted };
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
