import { ACTIVATION_EVENTS, CAPABILITIES, contributes } from '../../src/host/manifest';

/** package.json with what the extension adds to VS Code; all that was written by hand stays, in its order. */
export function manifest(current: string): string {
  const generated = {
    activationEvents: ACTIVATION_EVENTS,
    capabilities: CAPABILITIES,
    contributes: contributes(),
  };
  return `${JSON.stringify({ ...JSON.parse(current), ...generated }, null, 2)}\n`;
}
