import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';
import { make } from './dom';

/** The only module that knows the toolkit, which is not developed any more: another one can take its place here. */

export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption());
}

export interface ButtonOptions {
  readonly label: string;
  readonly title?: string;
  readonly primary?: boolean;
  press(): void;
}

export function button({ label, title, primary = false, press }: ButtonOptions): HTMLElement {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', primary ? 'primary' : 'secondary');
  if (title !== undefined) element.setAttribute('title', title);
  element.textContent = label;
  element.addEventListener('click', press);
  return element;
}

/** @param choose gets the new state */
export function checkbox(label: string, checked: boolean, choose: (checked: boolean) => void): HTMLElement {
  const element = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  element.textContent = label;
  if (checked) element.setAttribute('checked', '');
  element.addEventListener('change', () => choose(element.checked));
  return element;
}

/** @param choose gets the chosen value */
export function dropdown(
  label: string,
  options: readonly { readonly value: string; readonly label: string }[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const element = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  element.setAttribute('aria-label', label);
  for (const option of options) {
    const item = document.createElement('vscode-option');
    item.setAttribute('value', option.value);
    if (option.value === chosen) item.setAttribute('selected', '');
    item.textContent = option.label;
    element.append(item);
  }
  element.addEventListener('change', () => choose(element.value));
  return make('span', { class: 'dropdown' }, element);
}
