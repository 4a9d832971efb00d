import * as vscode from 'vscode';
import type { PairsQuestion } from '../../core/panels/pairs-page';
import type { GonePage, PanelAction, PanelAddress, ToPanel } from '../../core/panels/protocol';
import { messageOf } from '../../node/files/text-files';
import type { Feed } from '../../node/panels/feed';
import { openFeed } from '../../node/panels/open-feed';
import type { WorkspaceRuns } from '../runs/workspace-runs';
import { panelHtml } from './panel-html';
import { readPanelMessage } from './panel-message';

/** Answers what panels ask and do. */
export interface PanelActions {
  do(action: PanelAction): Promise<void>;
  /** @param progress gets what is being done, in words */
  answer(address: PanelAddress, about: PairsQuestion, progress: (words: string) => void): Promise<unknown>;
  /** The panel cannot be seen. */
  rest(address: PanelAddress): void;
  /** It is closed, or what it was about is gone. */
  end(address: PanelAddress): void;
}

const UNTRUSTED: GonePage = {
  kind: 'gone',
  title: 'This workspace is not trusted',
  words: 'Runs are shown once it is: choose Manage Workspace Trust in the command palette.',
};

/** One panel. It is fed while it can be seen; hidden, it costs nothing, and shown again it is filled anew. */
export class OpenPanel implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private feed: Feed | undefined;
  private isReading = false;
  private isStale = false;
  private isDisposed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly address: PanelAddress,
    extension: vscode.Uri,
    private readonly runs: WorkspaceRuns,
    private readonly actions: PanelActions,
  ) {
    const { webview } = panel;
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')],
    };
    panel.iconPath = {
      light: vscode.Uri.joinPath(extension, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(extension, 'media', 'panel-dark.svg'),
    };
    this.subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      runs.onDidChange(() => void this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (panel.visible) void this.fill();
      }),
      panel.onDidChangeViewState(() => {
        // The page is gone with its sight; the next one asks to be filled.
        if (!panel.visible) this.rest();
      }),
    ];
    webview.html = panelHtml(webview, extension, address);
  }

  dispose(): void {
    this.isDisposed = true;
    this.feed = undefined;
    this.actions.end(this.address);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async receive(data: unknown): Promise<void> {
    const message = readPanelMessage(data);
    if (message?.kind === 'ready') return this.fill();
    if (message?.kind === 'do') return this.act(message.action);
    if (message?.kind === 'ask') return this.answer(message.question, message.about);
  }

  private async fill(): Promise<void> {
    if (!vscode.workspace.isTrusted) return this.send({ kind: 'page', page: UNTRUSTED });
    const send = (content: ToPanel): void => {
      // One that was dropped may still read.
      if (this.feed === feed) this.send(content);
    };
    const feed: Feed = openFeed(this.address, send, this.runs);
    this.feed = feed;
    await this.refresh();
  }

  private rest(): void {
    this.feed = undefined;
    this.actions.rest(this.address);
  }

  private async act(action: PanelAction): Promise<void> {
    try {
      await this.actions.do(action);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }

  private async answer(question: number, about: PairsQuestion): Promise<void> {
    const { feed } = this;
    // A page that was hidden meanwhile has forgotten its questions, and counts anew.
    const send = (message: ToPanel): void => {
      if (this.feed === feed) this.send(message);
    };
    const progress = (words: string): void => send({ kind: 'progress', question, words });
    try {
      send({ kind: 'answer', question, ok: await this.actions.answer(this.address, about, progress) });
    } catch (error) {
      send({ kind: 'answer', question, err: messageOf(error) });
    }
  }

  private async refresh(): Promise<void> {
    this.isStale = true;
    if (this.isReading) return;
    this.isReading = true;
    try {
      // What changes while it reads is read afterwards.
      while (this.isStale && this.feed) {
        this.isStale = false;
        await this.feed.refresh();
      }
    } finally {
      this.isReading = false;
    }
  }

  private send(message: ToPanel): void {
    if (this.isDisposed) return;
    if (message.kind === 'page') {
      this.panel.title = message.page.title;
      if (message.page.kind === 'gone') this.actions.end(this.address);
    }
    void this.panel.webview.postMessage(message);
  }
}
