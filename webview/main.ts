import './panel.css';
import type { PanelPage } from '../src/core/panels/protocol';
import { CompareView } from './compare/compare-view';
import { type Connection, type EditorApi, EditorConnection } from './connection';
import { registerControls } from './controls';
import { GoneView } from './gone-view';
import { PairsView } from './pairs/pairs-view';
import { ReportConnection } from './report-connection';
import { RunView } from './run/run-view';
import { RunsView } from './runs/runs-view';
import { SweepView } from './sweep/sweep-view';
import type { View } from './view';

const VIEWS: { readonly [K in PanelPage['kind']]: new (connection: Connection) => View } = {
  run: RunView,
  sweep: SweepView,
  compare: CompareView,
  pairs: PairsView,
  runs: RunsView,
  gone: GoneView,
};

/** An editor offers it; a report is opened in a browser, which does not. */
declare const acquireVsCodeApi: (() => EditorApi) | undefined;

registerControls();
const connection: Connection =
  typeof acquireVsCodeApi === 'function' ? new EditorConnection(acquireVsCodeApi()) : new ReportConnection();
let shown: { readonly what: string; readonly view: View } | undefined;

connection.listen((message) => {
  if (message.kind === 'page' && whatOf(message.page) !== shown?.what) {
    shown?.view.dispose();
    shown = { what: whatOf(message.page), view: new VIEWS[message.page.kind](connection) };
    document.body.replaceChildren(shown.view.element);
  }
  shown?.view.receive(message);
});

/** A report goes from one run to another. */
function whatOf(page: PanelPage): string {
  return 'id' in page ? `${page.kind} ${page.id}` : page.kind;
}
