import './panel.css';
import type { PanelPage } from '../src/core/panels/protocol';
import { CompareView } from './compare/compare-view';
import { type Connection, connect } from './connection';
import { registerControls } from './controls';
import { GoneView } from './gone-view';
import { PairsView } from './pairs/pairs-view';
import { RunView } from './run/run-view';
import { SweepView } from './sweep/sweep-view';
import type { View } from './view';

const VIEWS: { readonly [K in PanelPage['kind']]: new (connection: Connection) => View } = {
  run: RunView,
  sweep: SweepView,
  compare: CompareView,
  pairs: PairsView,
  gone: GoneView,
};

registerControls();
const connection = connect();
let shown: { readonly kind: PanelPage['kind']; readonly view: View } | undefined;

connection.listen((message) => {
  if (message.kind === 'page' && message.page.kind !== shown?.kind) {
    const { kind } = message.page;
    shown?.view.dispose();
    shown = { kind, view: new VIEWS[kind](connection) };
    document.body.replaceChildren(shown.view.element);
  }
  shown?.view.receive(message);
});
