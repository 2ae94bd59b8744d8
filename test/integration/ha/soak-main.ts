// Program: the long form of ha-faults.test.ts, with every fault, in an order drawn anew each round.
//   npm run soak:faults -- [--minutes N] [--rounds N] [--session-timeout MS] [--only PATTERN] [--logs]
// Ends with the first broken promise (exit code 1, logs of all members are printed), or when the time is over. The package
// must be built.
import { parseArgs } from 'node:util';
import { MISSING } from '../../cluster/zookeeper/ensemble.ts';
import {
  cutAgent,
  cutAgentShortly,
  isolateLeader,
  killEnsembleLeader,
  killLeader,
  killMarathonWithinDeployment,
  pauseLeader,
  pauseLeaderShortly,
  pauseTwoServers,
  stopLeader,
} from './faults.ts';
import { type Fault, Trial } from './trial.ts';

const KINDS = ['masters', 'marathons'] as const;
const FAULTS: readonly Fault[] = [
  ...KINDS.flatMap((of) => [
    killLeader(of),
    stopLeader(of),
    pauseLeader(of),
    pauseLeaderShortly(of),
    isolateLeader(of),
  ]),
  killMarathonWithinDeployment([0, 1, 2, 3, 4]),
  killEnsembleLeader,
  pauseTwoServers,
  cutAgentShortly,
  cutAgent,
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '15' },
      rounds: { type: 'string', default: '1000' },
      'session-timeout': { type: 'string', default: '4000' },
      only: { type: 'string', default: '' },
      logs: { type: 'boolean', default: false },
    },
  });
  if (MISSING !== undefined) throw new Error(MISSING);
  const only = new RegExp(values.only);
  const untilMs = performance.now() + Number(values.minutes) * 60_000;
  const trial = await Trial.start({
    masters: 3,
    agents: 2,
    marathons: 2,
    sessionTimeoutMs: Number(values['session-timeout']),
  });
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      for (const fault of shuffled(FAULTS.filter(({ name }) => only.test(name)))) {
        if (performance.now() > untilMs) return;
        await trial.suffer(fault);
        process.stdout.write(`round ${round}: survived ${fault.name}\n`);
      }
    }
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    if (values.logs) process.stdout.write(`${trial.cluster.logs(100_000)}\n`);
    try {
      process.stdout.write(`${trial.table()}\n`);
    } finally {
      await trial.stop();
    }
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

await main();
