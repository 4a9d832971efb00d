import type { PanelAction, ToPanel } from '../src/core/panels/protocol';
import type { ReportContent, ReportPage } from '../src/core/panels/report-content';
import type { Connection } from './connection';
import { make } from './dom';
import { reportContent } from './report-content';

/** A report has nobody on its other side: all there is to show is in it, and pages are places that the browser goes back from. */
export class ReportConnection implements Connection {
  readonly isLive = false;
  readonly kept = undefined;
  readonly #content: ReportContent = reportContent();

  keep(): void {}

  canOpen(run: string): boolean {
    return this.#content.pages.some(({ name }) => name === run);
  }

  do(action: PanelAction): void {
    if (action.kind === 'open' && this.canOpen(action.run)) location.hash = placeOf(action.run);
    if (action.kind === 'openSweep') location.hash = '';
  }

  ask(): Promise<never> {
    return Promise.reject(new Error('A report has no trainer behind it. Open the run in VS Code.'));
  }

  listen(receive: (message: ToPanel) => void): void {
    const show = () => {
      const { pages } = this.#content;
      const page = pages.find(({ name }) => `#${placeOf(name)}` === location.hash) ?? pages[0];
      if (!page) return;
      document.title = page.title;
      for (const message of page.messages) receive(message);
      this.#frame(page);
      window.scrollTo(0, 0);
    };
    window.addEventListener('hashchange', show);
    show();
  }

  /** The way back above the page, and where it is from below. */
  #frame(page: ReportPage): void {
    const [first] = this.#content.pages;
    for (const old of document.querySelectorAll('.report-frame')) old.remove();
    if (first && page !== first) {
      const back = make('a', { href: '#' }, `← ${first.title}`);
      document.body.prepend(make('nav', { class: 'report-frame' }, back));
    }
    document.body.append(make('footer', { class: 'report-frame' }, this.#content.origin));
  }
}

function placeOf(name: string): string {
  return encodeURIComponent(name.replace(/^.*[\\/]/, ''));
}
