export default {
  name: 'activation',
  workspace: { 'a.dpo.yaml': 'beta: 0.1\n' },
  async run({ host, step, shot }) {
    await step('opens a config file', () => host.openFile('a.dpo.yaml'));
    await step('shows the text of the file', () => host.editorLine('beta: 0.1').waitFor());
    await shot('activation');
  },
};
