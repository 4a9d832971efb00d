import { isOptionPath } from '../../core/config/table';
import type { PairsQuestion } from '../../core/panels/pairs-page';
import { type FromPanel, MARKS, type PanelAction } from '../../core/panels/protocol';
import { RUN_ACTIONS } from '../../core/panels/run-page';
import type { WayOut } from '../../core/panels/ways-out';
import { isFields } from '../../core/runs/read-files';

/** What a panel says, checked: a webview is another program. Undefined for what no panel of ours says. */
export function readPanelMessage(message: unknown): FromPanel | undefined {
  if (!isFields(message)) return undefined;
  const { kind, question } = message;
  if (kind === 'ready') return { kind };
  if (kind === 'do') {
    const action = readAction(message.action);
    return action && { kind, action };
  }
  if (kind === 'ask' && isCount(question)) {
    const about = readQuestion(message.about);
    return about && { kind, question, about };
  }
  return undefined;
}

function readAction(action: unknown): PanelAction | undefined {
  if (!isFields(action)) return undefined;
  const { kind, run, sweep, file, runs, config, beta, betas, seeds, name, png, text } = action;
  if (kind === 'openSweep' || kind === 'reportSweep') return isText(sweep) ? { kind, sweep } : undefined;
  if (kind === 'openConfig') return isText(file) ? { kind, file } : undefined;
  if (kind === 'useBeta') return isText(config) && isBeta(beta) ? { kind, config, beta } : undefined;
  if (kind === 'changeConfig')
    return isText(config) && isList(action.changes, isChange)
      ? { kind, config, changes: action.changes }
      : undefined;
  if (kind === 'compare' || kind === 'resumeAll' || kind === 'deleteAll')
    return isList(runs, isText) ? { kind, runs } : undefined;
  if (kind === 'mark') {
    const mark = MARKS.find((known) => known === action.mark);
    return mark && isList(runs, isText) ? { kind, mark, runs } : undefined;
  }
  if (kind === 'saveText') return isText(name) && isText(text) ? { kind, name, text } : undefined;
  if (kind === 'savePicture')
    return isText(name) && isText(png) && /^[\w+/=]*$/.test(png) ? { kind, name, png } : undefined;
  if (kind === 'sweepBeta')
    return isText(config) && isList(betas, isBeta) && isCount(seeds)
      ? { kind, config, betas, seeds }
      : undefined;
  const ofRun = RUN_ACTIONS.find((known) => known === kind);
  return ofRun && isText(run) ? { kind: ofRun, run } : undefined;
}

function readQuestion(about: unknown): PairsQuestion | undefined {
  if (!isFields(about) || !isCount(about.checkpoint)) return undefined;
  const { kind, checkpoint, pair } = about;
  if (kind === 'list') return { kind, checkpoint };
  return kind === 'pair' && isText(pair) ? { kind, checkpoint, pair } : undefined;
}

/** An option of ours with a plain value. Whether the value fits is seen in the config. */
function isChange(value: unknown): value is WayOut['changes'][number] {
  if (!isFields(value) || !isText(value.path) || !isOptionPath(value.path)) return false;
  const change = value.value;
  return (
    isText(change) || typeof change === 'boolean' || (typeof change === 'number' && Number.isFinite(change))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isBeta(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
