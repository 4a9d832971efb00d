import type { ToPanel } from '../../src/core/panels/protocol';
import { Chart } from '../charts/chart';
import { chartControls } from '../charts/chart-controls';
import { ChartGroup } from '../charts/chart-group';
import { StepCurve } from '../charts/plot-curve';
import type { Connection } from '../connection';
import { make, setText } from '../dom';
import type { View } from '../view';

export class RunView implements View {
  readonly #title = make('h1');
  readonly element = make('main', { class: 'run' }, this.#title);
  readonly #group: ChartGroup;
  readonly #curves = new Map<string, StepCurve>();
  readonly #grid = make('div', { class: 'charts' });

  constructor(readonly connection: Connection) {
    this.#group = new ChartGroup({ xAxis: { label: 'step' }, speak() {} });
    this.element.append(chartControls(this.#group), this.#grid);
  }

  receive(message: ToPanel): void {
    if (message.kind === 'page' && message.page.kind === 'run') setText(this.#title, message.page.title);
    if (message.kind !== 'curves') return;
    for (const part of message.parts) {
      const key = `${part.split} ${part.name}`;
      const known = this.#curves.get(key);
      const curve = known ?? new StepCurve();
      this.#curves.set(key, curve);
      curve.append(part);
      if (known) continue;
      const chart = new Chart(this.#group, { title: key, explanation: `What ${key} is.`, canBeLog: true });
      chart.setLines([
        {
          label: key,
          colour: '--line-1',
          curve,
          isSmoothed: part.split === 'train',
          ...(part.split === 'eval' && { points: 'with line' }),
        },
      ]);
      this.#grid.append(chart.element);
    }
    this.#group.pointsCame();
  }

  dispose(): void {
    this.#group.dispose();
  }
}
