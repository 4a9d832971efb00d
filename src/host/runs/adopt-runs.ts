import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import { count } from '../../core/words/counts';
import { messageOf } from '../../node/files/text-files';
import type * as Adoption from '../../node/import/adoption';
import { runFolderOf } from '../../node/runs/run-store';
import { UserError } from '../commands';
import { readSetting } from '../settings';
import { requireTrust } from '../trust';
import type { RunsView } from './runs-view';
import { dataFolderOf, type WorkspaceRuns } from './workspace-runs';

/** Milliseconds between two looks at the logs of others, at least. */
const INTERVAL = 1000;
/** Looking may take this share of the time. */
const SHARE = 0.1;

let bundle: typeof Adoption | undefined;

/** Readers of other trainers' logs: a bundle of their own, loaded when the first folder is adopted. */
function adoption(): typeof Adoption {
  bundle ??= createRequire(import.meta.url)('./adoption.js') as typeof Adoption;
  return bundle;
}

type Versions = Readonly<Record<string, string>>;

/** Asks for folders of other trainers and imports the runs in them. */
export class AdoptRuns {
  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly view: RunsView,
    private readonly versions: Versions,
  ) {}

  /** @param given a folder, for other extensions and for tests; asked for where it is absent */
  async adopt(given: unknown): Promise<readonly string[] | undefined> {
    requireTrust();
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    if (workspace?.uri.scheme !== 'file')
      throw new UserError('Open a folder first: runs are kept in the folder of the workspace.');
    const folders = given instanceof vscode.Uri ? [given] : await askFolders(workspace.uri);
    if (!folders) return undefined;
    const dataFolder = dataFolderOf(workspace.uri);
    const adopter = new (adoption().Adopter)(
      dataFolder,
      folders.map(({ fsPath }) => fsPath),
      this.versions,
    );
    const adopted = await adopter.next();
    const ids = adopted.flatMap(({ id }) => id ?? []);
    const problems = adopted.flatMap((one) => one.problems);
    if (ids.length === 0)
      throw new UserError(
        problems[0] ??
          'No run of preference training was found there. Choose the output folder of a trainer, or one above it.',
      );
    const places = ids.map((id) => runFolderOf(dataFolder, id));
    await this.runs.refresh(places);
    await this.view.reveal(places[0] ?? '');
    vscode.window.showInformationMessage(
      `${count(ids.length, 'run')} adopted.${problems.length > 0 ? ` ${problems[0]}` : ''} The setting dpoLab.adopt follows such folders by itself.`,
    );
    return ids;
  }
}

async function askFolders(start: vscode.Uri): Promise<readonly vscode.Uri[] | undefined> {
  return vscode.window.showOpenDialog({
    title: 'Output Folders of Other Trainers',
    openLabel: 'Adopt',
    defaultUri: start,
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
  });
}

/** Follows the folders that the setting names, as long as the workspace is trusted. */
export function followAdopted(
  runs: WorkspaceRuns,
  versions: Versions,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let generation = 0;
  const follow = async (mine: number): Promise<void> => {
    const adopters = await adoptersOf(versions);
    while (adopters.length > 0 && mine === generation) {
      const start = performance.now();
      for (const { adopter, dataFolder } of adopters) {
        const adopted = await adopter.next();
        const ids = adopted.flatMap(({ id }) => id ?? []);
        for (const problem of adopted.flatMap(({ problems }) => problems)) log.warn(problem);
        if (ids.length > 0) await runs.refresh(ids.map((id) => runFolderOf(dataFolder, id)));
      }
      const took = performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, Math.max(INTERVAL, took / SHARE)));
    }
  };
  const restart = (): void => {
    const mine = ++generation;
    if (vscode.workspace.isTrusted) follow(mine).catch((error: unknown) => log.error(messageOf(error)));
  };
  restart();
  return vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeWorkspaceFolders(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('dpoLab.adopt') || change.affectsConfiguration('dpoLab.dataFolder'))
        restart();
    }),
    { dispose: () => generation++ },
  );
}

async function adoptersOf(versions: Versions): Promise<{ adopter: Adoption.Adopter; dataFolder: string }[]> {
  const found: { adopter: Adoption.Adopter; dataFolder: string }[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const wanted = readSetting['dpoLab.adopt'](uri);
    if (uri.scheme !== 'file' || wanted.length === 0) continue;
    const folders = await adoption().foldersOf(wanted, uri.fsPath);
    const dataFolder = dataFolderOf(uri);
    if (folders.length > 0)
      found.push({ adopter: new (adoption().Adopter)(dataFolder, folders, versions), dataFolder });
  }
  return found;
}
