import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { hasForeignReference, hasNoReference, readsColumns } from '../../core/config/questions';
import { nestConfig, resolveConfig } from '../../core/config/resolved';
import { progressInWords } from '../../core/reference/reference-progress';
import type { ReferenceLine, ReferenceQuery, ReferenceReport } from '../../core/reference/reference-report';
import { whole } from '../../core/words/numbers';
import { runTrainer } from '../../node/launch/run-onnx-command';
import { makeDataFolder } from '../../node/runs/data-folder';
import { UserError } from '../commands';
import { requestedOwnConfig } from '../config/active-config';
import type { ConfigDocuments } from '../config/config-documents';
import type { ProgramsOf } from '../runs/bundled-programs';
import type { StartRuns } from '../runs/start-runs';
import { dataFolderOf } from '../runs/workspace-runs';
import { requireTrust } from '../trust';
import { reportPageUri } from './page-uris';
import { openPage } from './pages';
import type { ReferenceReports } from './reference-reports';

/** Commands that compute reference log-probabilities, and what they tell. */
export class ReferenceCommands {
  constructor(
    private readonly documents: ConfigDocuments,
    private readonly start: StartRuns,
    private readonly programs: ProgramsOf,
    private readonly reports: ReferenceReports,
  ) {}

  /** Computes the table, or finds it, and says so. */
  async compute(config: unknown): Promise<void> {
    requireTrust();
    const document = await this.start.readyConfig(config, requestedOwnConfig);
    if (!document) return;
    const { experiment } = this.documents.checked(document);
    if (readsColumns(experiment)) {
      throw new UserError(
        'This config reads its reference log-probabilities from the data (reference.logprobs: columns), so there is nothing to compute.',
      );
    }
    const report = await this.report(document);
    if (!report) return;
    if (report.reused) return openPage(reportPageUri(document.uri));
    const show = 'Show Report';
    const pairs = whole(report.trainPairs + report.evalPairs);
    const message = `The reference log-probabilities of ${pairs} pairs are computed. Every run with the same model and data uses them.`;
    // Not awaited: the command is done, whether or not somebody answers.
    void vscode.window.showInformationMessage(message, show).then((answer) => {
      if (answer) return openPage(reportPageUri(document.uri));
      return undefined;
    });
  }

  /** Opens what is known of how well the reference fits. */
  async compare(config: unknown): Promise<void> {
    requireTrust();
    const document = await this.start.readyConfig(config, requestedOwnConfig);
    if (!document) return;
    const { experiment } = this.documents.checked(document);
    if (hasNoReference(experiment)) throw noReference();
    if (!hasForeignReference(experiment)) {
      throw new UserError(
        'The reference of this config is its own starting policy, so there is nothing to compare. Name another model under reference.policy.',
      );
    }
    if (await this.report(document)) await openPage(reportPageUri(document.uri));
  }

  /** Undefined where the user cancelled; what is computed by then is kept. */
  private async report(document: vscode.TextDocument): Promise<ReferenceReport | undefined> {
    const { experiment } = this.documents.checked(document);
    if (hasNoReference(experiment)) throw noReference();
    const dataFolder = dataFolderOf(document.uri);
    await makeDataFolder(dataFolder);
    const query: ReferenceQuery = {
      config: nestConfig(resolveConfig(experiment)),
      baseFolder: dirname(document.uri.fsPath),
      dataFolder,
    };
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'Reference log-probabilities',
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, cancelled) => {
      const abort = new AbortController();
      cancelled.onCancellationRequested(() => abort.abort());
      let report: ReferenceReport | undefined;
      const onLine = (line: ReferenceLine): void => {
        if (line.kind === 'report') report = line.report;
        else progress.report({ message: progressInWords(line) });
      };
      const args = ['reference', JSON.stringify(query)];
      const { code, stderr } = await runTrainer(this.programs(), args, onLine, abort.signal);
      if (abort.signal.aborted) return undefined;
      if (code === 0 && report) {
        this.reports.keep(document.uri, report);
        return report;
      }
      if (code === 1) throw new UserError(stderr);
      throw new Error(
        code === undefined
          ? 'The trainer was ended by the system, perhaps because memory ran out. What is computed is kept; lower data.max_length if it happens again.'
          : stderr,
      );
    });
  }
}

function noReference(): UserError {
  return new UserError(
    'This config has no reference (reference.policy: none): every reference log-probability is 0, so there is nothing to compute or to compare.',
  );
}
