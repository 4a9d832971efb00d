import { execFile } from 'node:child_process';
import { freemem } from 'node:os';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import {
  type Environment,
  type EnvironmentItem,
  type EnvironmentLook,
  environmentItems,
} from '../../core/environment/environment';
import { pythonFaults } from '../../core/environment/torch-packages';
import type { DeviceLine } from '../../core/runs/devices-format';
import { messageOf } from '../../node/files/text-files';
import { runTrainer } from '../../node/launch/run-onnx-command';
import { readMachine } from '../../node/processes/machine';
import { nodeEnvironment } from '../../node/processes/node-environment';
import { findPythons, interpreterOf } from '../../node/torch/python';
import { askTorch } from '../../node/torch/torch-environment';
import type { TorchPrograms } from '../../node/torch/torch-start';
import { ENVIRONMENT_VIEW } from '../contributions';
import type { ProgramsOf } from '../runs/bundled-programs';
import { requireTrust } from '../trust';
import { themeIcon } from '../vscode/theme-icon';

const LOOKS: Record<EnvironmentLook, vscode.ThemeIcon> = {
  usable: themeIcon('pass', 'testing.iconPassed'),
  'not usable': themeIcon('circle-slash'),
  unknown: themeIcon('question'),
  busy: themeIcon('loading~spin'),
};

/** The sidebar's list of what this machine offers. Nothing is tried before it is shown in a trusted workspace. */
export class EnvironmentView implements vscode.TreeDataProvider<EnvironmentItem>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<EnvironmentItem>;
  private found: Environment | undefined;
  private abort = new AbortController();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly programs: ProgramsOf) {
    this.view = vscode.window.createTreeView(ENVIRONMENT_VIEW, { treeDataProvider: this });
  }

  /** Looks anew, and shows what is found as it comes. */
  async check(): Promise<void> {
    requireTrust();
    await vscode.commands.executeCommand(`${ENVIRONMENT_VIEW}.focus`);
    await this.explore();
  }

  /** The same where somebody has looked before. */
  async refresh(): Promise<void> {
    if (this.found) await this.explore();
  }

  getChildren(item?: EnvironmentItem): EnvironmentItem[] {
    if (item) return [...(item.children ?? [])];
    if (!vscode.workspace.isTrusted) return [];
    if (!this.found) void this.explore();
    return this.found ? environmentItems(this.found) : [];
  }

  getTreeItem({ label, description, look, tooltip, children }: EnvironmentItem): vscode.TreeItem {
    const item = new vscode.TreeItem(label);
    item.description = description;
    item.tooltip = tooltip;
    item.iconPath = LOOKS[look];
    item.accessibilityInformation = { label: `${label}, ${look}, ${description}` };
    if (children) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  dispose(): void {
    this.abort.abort();
    this.view.dispose();
    this.changed.dispose();
  }

  private async explore(): Promise<void> {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    const { node, torch } = this.programs();
    const folders = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    const learn = (news: Partial<Environment>): void => {
      if (signal.aborted || !this.found) return;
      this.found = { ...this.found, ...news };
      this.changed.fire();
    };
    this.found = { devices: [], node: { path: node }, busy: true };
    this.changed.fire();
    await Promise.all([
      this.tryDevices(signal, learn),
      this.askPythons(torch, folders, signal, learn),
      readMachine().then(({ memory, gpu }) =>
        learn({ memory: { total: memory, available: freemem(), ...(gpu && { gpu }) } }),
      ),
      nodeVersion(node).then((version) => learn({ node: { path: node, ...(version && { version }) } })),
    ]);
    learn({ busy: false });
  }

  /** Those that are there, then what the first one with everything says of itself. */
  private async askPythons(
    { wheel, python, activePython }: TorchPrograms,
    folders: readonly string[],
    signal: AbortSignal,
    learn: (news: Partial<Environment>) => void,
  ): Promise<void> {
    const chosen = [python, await activePython(folders[0])].filter((path) => path !== undefined);
    const first = await Promise.all(chosen.filter(Boolean).map(interpreterOf));
    const pythons = await findPythons({ first, folders, env: process.env });
    learn({ pythons });
    const usable = pythons.find((found) => found.problem === undefined && pythonFaults(found).length === 0);
    if (usable) learn({ torch: await askTorch(usable.path, wheel, signal) });
  }

  private async tryDevices(signal: AbortSignal, learn: (news: Partial<Environment>) => void): Promise<void> {
    const devices: DeviceLine[] = [];
    try {
      const onLine = (line: DeviceLine): void => {
        devices.push(line);
        learn({ devices: [...devices] });
      };
      const { code, stderr } = await runTrainer<DeviceLine>(this.programs(), ['devices'], onLine, signal);
      if (code !== 0) learn({ devicesProblem: stderr || `Its process ended with code ${code}.` });
    } catch (error) {
      learn({ devicesProblem: `Its process could not be started: ${messageOf(error)}.` });
    }
  }
}

async function nodeVersion(node: string): Promise<string | undefined> {
  if (node === process.execPath) return process.versions.node;
  try {
    const options = { timeout: 10_000, windowsHide: true, env: nodeEnvironment() };
    const { stdout } = await promisify(execFile)(node, ['--version'], options);
    return /^v(\d[\w.-]*)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}
