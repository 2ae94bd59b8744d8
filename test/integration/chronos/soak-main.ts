// Program: the long form of chronos-soak.test.ts.
//   npm run soak:chronos -- [--minutes N] [--jobs N] [--seed N] [--logs]
// Exit code 1 when a run is not accounted for; the logs of all members are printed then. The package must be built.
import { parseArgs } from 'node:util';
import { MISSING } from '../../cluster/zookeeper/ensemble.ts';
import { ChronosSoak, tellReport } from './soak.ts';

const CALM_MS = 30_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    jobs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    logs: { type: 'boolean', default: false },
  },
});
if (MISSING !== undefined) throw new Error(MISSING);
const seed = Number(values.seed);
const say = (text: string): unknown => process.stdout.write(`${text}\n`);
say(`seed ${seed}: ${values.jobs} jobs, ${values.minutes} minutes of kill -9`);
const soak = await ChronosSoak.start({
  seed,
  jobs: Number(values.jobs),
  masters: 3,
  agents: 3,
  chronoses: 3,
  periodSeconds: { least: 4, most: 15 },
  pauseSeconds: { least: 2, most: 12 },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void soak.stop().finally(() => process.exit(1)));
try {
  await soak.suffer(Number(values.minutes) * 60_000, (text) =>
    say(`${new Date().toISOString().slice(11, 23)} ${text}`),
  );
  await soak.settle(CALM_MS);
  const report = await soak.account();
  say(tellReport(report));
  if (report.wrong.length > 0) process.exitCode = 1;
  if (report.wrong.length > 0 || values.logs) say(soak.cluster.logs(200_000));
} catch (error) {
  say(soak.cluster.logs(20_000));
  throw error;
} finally {
  await soak.stop();
}
