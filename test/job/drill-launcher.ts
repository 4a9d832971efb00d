// node drill-launcher.cjs NODE JOB DATA_FOLDER SWEEP RUN: starts a job as the extension host does, and lives on as it does.
import { startJob } from '../../src/node/launch/start-job';

const [, , node = '', program = '', dataFolder = '', sweep = '', run = ''] = process.argv;
void startJob({ node, program, dataFolder, sweep, runs: [run] });
setInterval(() => {}, 1000);
