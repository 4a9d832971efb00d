import type { PanelAddress } from '../../core/panels/protocol';
import { CompareFeed } from './compare-feed';
import type { Feed, Send } from './feed';
import { PairsFeed } from './pairs-feed';
import { RunFeed } from './run-feed';
import { RunsFeed, type RunsSource } from './runs-feed';
import { SweepFeed } from './sweep-feed';

/** @param source of the table of all runs, which only an editor shows */
export function openFeed(address: PanelAddress, send: Send, source: RunsSource = NO_RUNS): Feed {
  switch (address.kind) {
    case 'run':
      return new RunFeed(address.folder, send);
    case 'sweep':
      return new SweepFeed(address.dataFolder, address.sweep, send);
    case 'compare':
      return new CompareFeed(address.folders, send);
    case 'pairs':
      return new PairsFeed(address.folder, send);
    case 'runs':
      return new RunsFeed(source, send);
  }
}

const NO_RUNS: RunsSource = { all: [], want: () => {} };
