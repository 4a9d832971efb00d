// node drill-launcher.cjs NODE JOB DATA_FOLDER SWEEP RUN: starts a job as the extension host does, and lives on as it does.
import { localLauncher } from '../../src/node/launch/launchers/local';

const [, , node = '', program = '', dataFolder = '', sweep = '', run = ''] = process.argv;
void localLauncher.start({ node, program, dataFolder, sweep, runs: [run] });
setInterval(() => {}, 1000);
