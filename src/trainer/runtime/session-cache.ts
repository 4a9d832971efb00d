import type { BuiltGraph } from '../../engine/graphs/built-graph';
import type { Tuning } from '../../engine/model/layout';
import type { Model } from '../../engine/model/model-tensors';
import type { OpenModel } from '../models/opened-model';
import type { Device } from './device';
import { GraphSession } from './graph-session';
import { mapWeights } from './mapped-weights';
import type { Conversion } from './session-options';

/** What the runtimes need of an open model. */
export type RuntimeModel = Pick<OpenModel, 'name' | 'config' | 'tensors'>;

/** A kind of graph, by its size. */
export type Build<Size> = (model: Model, size: Size) => BuiltGraph;

/** Sessions of one kind of graph by size, made when first needed. The least recently used are released beyond a limit. */
export class SessionCache<Size> {
  readonly #sessions = new Map<string, GraphSession>();
  readonly #limit: number;
  readonly #load: (size: Size) => Promise<GraphSession>;

  /** @param conversion of weights that are stored in half precision */
  constructor(
    model: RuntimeModel,
    tuning: Tuning,
    device: Device,
    build: Build<Size>,
    conversion: Conversion = 'every run',
  ) {
    const { folder, weights } = mapWeights(model);
    const inHalf = [...model.tensors.values()].some(({ elementType }) => elementType !== 'float32');
    const onProcessor = device.provider === 'cpu';
    this.#limit = sessionLimit(device, onProcessor && inHalf && conversion === 'once');
    this.#load = (size) =>
      GraphSession.load(build({ config: model.config, tuning, weights }, size), device, {
        weightFolder: folder,
        // Other devices hold a copy in any case, and not all of them can convert.
        conversion: onProcessor && inHalf ? conversion : 'once',
      });
  }

  /** Valid until the next call. */
  async get(size: Size): Promise<GraphSession> {
    const key = JSON.stringify(size);
    const session = this.#sessions.get(key) ?? (await this.#make(size));
    // A map keeps the order of insertion: the oldest comes first.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #make(size: Size): Promise<GraphSession> {
    // Before the new one is made, so that both need not fit into memory.
    for (const [key, session] of this.#sessions) {
      if (this.#sessions.size < this.#limit) break;
      this.#sessions.delete(key);
      await session.release();
    }
    return this.#load(size);
  }
}

/**
 * On a processor, sessions share mapped weights, and each takes some 30 MB for a graph of 30 layers. On other devices,
 * and where it holds converted weights, each has a copy of the model.
 */
function sessionLimit({ provider, profile }: Device, converted: boolean): number {
  if (converted) return 3;
  if (provider !== 'cpu') return 4;
  return profile === 'fast' ? 32 : 8;
}
