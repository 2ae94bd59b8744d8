// kill -9 of Marathon in the middle of a rolling deployment, at each of its commits and between any two of its steps.
import { describe, expect, test } from 'vitest';
import { type Rig, startRig } from './marathon-rig.ts';

const INSTANCES = 3;
const web = (text: string) => ({
  id: '/web',
  cmd: 'sleep 1000000',
  env: { TEXT: text },
  cpus: 0.1,
  mem: 16,
  instances: INSTANCES,
  healthChecks: [{ protocol: 'HTTP', path: '/', intervalSeconds: 2, timeoutSeconds: 1, gracePeriodSeconds: 20 }],
  upgradeStrategy: { minimumHealthCapacity: 0.6, maximumOverCapacity: 0.4 },
  taskKillGracePeriodSeconds: 1,
});

async function runningOld(seed: number): Promise<Rig> {
  const rig = await startRig({ agents: 3, seed });
  await rig.request('POST', '/v2/apps', web('old'));
  await rig.settled('/web', INSTANCES);
  return rig;
}

/** Lets the deployment go on after the crash, and says what is wrong in the end. */
async function finish(rig: Rig, answer: number | undefined): Promise<string[]> {
  const { cluster, simulation } = rig;
  await rig.until('the crash', () => cluster.process.state === 'dead');
  await simulation.run({ forMs: 500 });
  cluster.process.restart();
  await rig.until('back again', () => cluster.marathon?.mesos.isSubscribed === true);
  const texts = () => new Set(rig.tasksOf('/web').map(({ run }) => run.task.env.TEXT));
  await rig.settled('/web', INSTANCES, 120_000);
  const wrong = [...cluster.ledger.violations];
  if (answer === 200 && [...texts()].join() !== 'new') wrong.push(`${[...texts()].join()} runs after an answer of 200`);
  if (texts().size !== 1) wrong.push(`${[...texts()].join()} run side by side`);
  // Nothing more happens: no task is replaced without need.
  const launches = cluster.ledger.launches;
  await simulation.run({ forMs: 60_000 });
  if (cluster.ledger.launches !== launches) wrong.push(`${cluster.ledger.launches - launches} more tasks were started`);
  if (cluster.stored('deployments/').size > 0) wrong.push('a deployment is left in the store');
  if (cluster.stored('instances/').size !== INSTANCES) wrong.push('instances are left in the store');
  rig.stop();
  return wrong;
}

/** How many commits a rolling deployment takes when nothing goes wrong. */
async function commitsOfDeployment(): Promise<number> {
  const rig = await runningOld(1);
  const before = rig.cluster.witness.commits;
  await rig.request('PUT', '/v2/apps/web', web('new'));
  await rig.settled('/web', INSTANCES);
  return rig.cluster.witness.commits - before;
}

describe('Marathon killed in the middle of a rolling deployment', () => {
  test.each(['begun', 'done'] as const)(
    'goes on and loses or doubles nothing, when any commit was %s',
    async (phase) => {
      const commits = await commitsOfDeployment();
      expect(commits).toBeGreaterThan(15);
      const wrong: string[] = [];
      for (let k = 1; k <= commits; k += 1) {
        const rig = await runningOld(1);
        const { witness, process } = rig.cluster;
        let counted = 0;
        witness.onCommit = (_number, at) => {
          if (at !== phase) return;
          counted += 1;
          if (counted === k) process.crash();
        };
        const { status } = await rig.ask('PUT', '/v2/apps/web', web('new'));
        wrong.push(...(await finish(rig, status)).map((text) => `commit ${k}: ${text}`));
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  test('goes on and loses or doubles nothing, between any two of its steps', async () => {
    const wrong: string[] = [];
    let [events, isOver] = [0, false];
    while (!isOver) {
      events += 1;
      const rig = await runningOld(1);
      const { process } = rig.cluster;
      process.crashAfter(events);
      const { status } = await rig.ask('PUT', '/v2/apps/web', web('new'));
      // It was done before that many events had happened.
      isOver = !(await rig.simulation.runUntil(() => process.state === 'dead' || isDone(rig)));
      isOver ||= process.state !== 'dead';
      if (!isOver) wrong.push(...(await finish(rig, status)).map((text) => `event ${events}: ${text}`));
    }
    expect(wrong).toEqual([]);
    expect(events).toBeGreaterThan(30);
  });
});

function isDone({ cluster, tasksOf }: Rig): boolean {
  const isNew = tasksOf('/web').every(({ run }) => run.task.env.TEXT === 'new');
  return isNew && cluster.marathon?.deployments.running.length === 0;
}
