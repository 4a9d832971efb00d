import { completeConfig } from '../../core/config/resolved';
import type { ReferenceActivity, ReferenceLine, ReferenceQuery } from '../../core/reference/reference-report';
import { present } from '../../node/files/present';
import { loadPairs } from '../data/load-pairs';
import { openForeignReference, openPolicy } from '../model-and-tokenizer';
import type { Place, Progress } from '../models/place';
import { reportReference } from '../reference/report';
import { scoresOn } from '../reference/scorer';
import { chooseDevice } from '../runtime/choose-device';

/**
 * `onnx-trainer.js reference QUERY`: obtains the reference table of a config and says what is in it, as lines of JSON on
 * standard output. A signal ends it at once; what is finished stays, and the next call continues from there.
 *
 * @throws TrainingError and FileError, told to people
 */
export async function runReferenceCommand([json = '']: readonly string[]): Promise<void> {
  const query = JSON.parse(json) as ReferenceQuery;
  const config = completeConfig(query.config);
  const place: Place = {
    baseFolder: query.baseFolder,
    dataFolder: query.dataFolder,
    env: process.env,
    ...present({ date: config['data.date'] }),
  };
  const policy = await openPolicy(config, place, sayProgress('loading'));
  const foreign = await openForeignReference(config, place, sayProgress('loading'));
  const loaded = await loadPairs(config, place, sayProgress('reading'));
  const { device, refused } = await chooseDevice(config['backend.device'], 0);
  const report = await reportReference(
    {
      config,
      baseFolder: place.baseFolder,
      dataFolder: place.dataFolder,
      policy,
      foreign,
      train: loaded.train,
      eval: loaded.eval,
      openScorer: scoresOn(device),
    },
    sayProgress,
  );
  const warnings = [...loaded.warnings, ...refused, ...report.warnings];
  await say({ kind: 'report', report: { ...report, warnings } });
}

/** Milliseconds between two lines of progress. */
const SAY_EVERY = 100;

function sayProgress(activity: ReferenceActivity): Progress {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (now - last < SAY_EVERY && done < total) return;
    last = now;
    void say({ kind: 'progress', activity, done, total });
  };
}

async function say(line: ReferenceLine): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
}
