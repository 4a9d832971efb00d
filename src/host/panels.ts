import * as vscode from 'vscode';
import type { PairsQuestion } from '../core/panels/pairs-page';
import type { FromPanel, PanelAction, PanelAddress, ToPanel } from '../core/panels/protocol';
import type { Feed } from '../node/panels/feed';
import { openFeed } from '../node/panels/open-feed';
import { PANEL_VIEW } from './contributions';
import { readPanelAddress } from './panel-address';
import { panelHtml } from './panel-html';
import type { WorkspaceRuns } from './workspace-runs';

/** Answers what panels ask and do. */
export interface PanelActions {
  do(action: PanelAction): Promise<void>;
  answer(address: PanelAddress, about: PairsQuestion): Promise<unknown>;
}

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

  show(address: PanelAddress, title: string): void {
    const known = this.open.get(keyOf(address));
    if (known) {
      known.panel.reveal();
      return;
    }
    this.adopt(vscode.window.createWebviewPanel(PANEL_VIEW, title, vscode.ViewColumn.Active, {}), address);
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

/** One panel. It is fed while it can be seen; hidden, it costs nothing, and shown again it is filled anew. */
class OpenPanel {
  private readonly subscriptions: vscode.Disposable[];
  private feed: Feed | undefined;
  private isReading = false;
  private isStale = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly address: PanelAddress,
    extension: vscode.Uri,
    runs: WorkspaceRuns,
    private readonly actions: PanelActions,
  ) {
    const { webview } = panel;
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')],
    };
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'dpo-lab.svg');
    this.subscriptions = [
      webview.onDidReceiveMessage((message: FromPanel) => this.receive(message)),
      runs.onDidChange(() => void this.refresh()),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.feed = undefined;
      }),
    ];
    webview.html = panelHtml(webview, extension, address);
  }

  dispose(): void {
    this.feed = undefined;
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async receive(message: FromPanel): Promise<void> {
    if (message.kind === 'ready') {
      this.feed = openFeed(this.address, (content) => this.send(content));
      await this.refresh();
    } else if (message.kind === 'do') {
      await this.actions.do(message.action);
    } else {
      const { question, about } = message;
      try {
        this.send({ kind: 'answer', question, ok: await this.actions.answer(this.address, about) });
      } catch (error) {
        const err = error instanceof Error ? error.message : String(error);
        this.send({ kind: 'answer', question, err });
      }
    }
  }

  private async refresh(): Promise<void> {
    this.isStale = true;
    if (this.isReading) return;
    this.isReading = true;
    // What changes while it reads is read afterwards.
    while (this.isStale && this.feed) {
      this.isStale = false;
      await this.feed.refresh();
    }
    this.isReading = false;
  }

  private send(message: ToPanel): void {
    if (message.kind === 'page') this.panel.title = message.page.title;
    void this.panel.webview.postMessage(message);
  }
}
