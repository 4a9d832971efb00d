// Has of the Python extension's API what DPO Lab uses. A test names the interpreter in DPO_LAB_TEST_ACTIVE_PYTHON.
const vscode = require('vscode');

exports.activate = () => ({
  environments: {
    getActiveEnvironmentPath: () => ({ id: 'chosen', path: process.env.DPO_LAB_TEST_ACTIVE_PYTHON }),
    resolveEnvironment: async ({ path }) => path && { executable: { uri: vscode.Uri.file(path) } },
  },
});
