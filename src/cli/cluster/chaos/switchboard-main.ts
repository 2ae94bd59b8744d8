// Program: the switchboard of one local cluster. Arguments: the file of its plan (JSON), the file that keeps the cuts,
// the path of the control socket. Ends by SIGTERM.
import { readFileSync } from 'node:fs';
import { Cuts } from './cuts.ts';
import { Switchboard, type SwitchboardPlan } from './switchboard.ts';

const [planFile = '', cutsFile = '', controlSocket = ''] = process.argv.slice(2);
process.title = 'mctl-switchboard';
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as SwitchboardPlan;
const switchboard = new Switchboard(plan, new Cuts(cutsFile), (text) => {
  process.stdout.write(`${new Date().toISOString()} INFO  ${text}\n`);
});
process.once('SIGTERM', () => {
  switchboard.close();
});
try {
  await switchboard.start(controlSocket);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
