import * as vscode from 'vscode';
import type { PanelAddress } from '../../core/panels/protocol';
import { PANEL_VIEW } from '../contributions';
import type { WorkspaceRuns } from '../runs/workspace-runs';
import { columnBesideWalkthrough } from '../vscode/panel-column';
import { OpenPanel, type PanelActions } from './open-panel';
import { readPanelAddress } from './panel-address';

/** Opens panels and finds them again after a restart of the editor. */
export class Panels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, OpenPanel>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly runs: WorkspaceRuns,
    private readonly actions: PanelActions,
  ) {
    this.subscription = vscode.window.registerWebviewPanelSerializer(PANEL_VIEW, this);
  }

  /** @param column where a new one opens, which then leaves the focus where it is; absent: where the user looks */
  show(address: PanelAddress, title: string, column?: vscode.ViewColumn): void {
    const preserveFocus = column !== undefined;
    const known = this.open.get(keyOf(address));
    if (known) {
      known.panel.reveal(undefined, preserveFocus);
      return;
    }
    const place = { viewColumn: column ?? columnBesideWalkthrough(), preserveFocus };
    this.adopt(vscode.window.createWebviewPanel(PANEL_VIEW, title, place, {}), address);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const address = readPanelAddress(state);
    if (!address || this.open.has(keyOf(address))) panel.dispose();
    else this.adopt(panel, address);
  }

  dispose(): void {
    this.subscription.dispose();
    for (const panel of this.open.values()) panel.dispose();
  }

  private adopt(panel: vscode.WebviewPanel, address: PanelAddress): void {
    const key = keyOf(address);
    this.open.set(key, new OpenPanel(panel, address, this.extension, this.runs, this.actions));
    panel.onDidDispose(() => {
      this.open.get(key)?.dispose();
      this.open.delete(key);
    });
  }
}

function keyOf(address: PanelAddress): string {
  return JSON.stringify(address);
}
