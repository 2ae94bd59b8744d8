// What becomes of an app when machines, agents, the master or Marathon itself fail, on real processes: what Marathon
// lists, what the master takes for running and the processes of the machine are compared after each fault.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from './daemon-processes.ts';
import { figure, MarathonCluster, type MarathonProcess, type Task } from './marathon-process.ts';

const APP = '/five';
/** As the cluster's flags say: 8 pings of 1 s without an answer, and one on its way when the agent was lost. */
const NOTICED_WITHIN_MS = 9_000;
/** For offers, launch and the agents' answers on a machine that has other things to do. */
const LAUNCHED_WITHIN_MS = 20_000;
let cluster: MarathonCluster;
let marathon: MarathonProcess;

beforeAll(async () => {
  cluster = await MarathonCluster.start(3);
  marathon = cluster.marathon;
  await marathon.deploy('POST', '/v2/apps', { ...sleeper, id: APP, instances: 5 });
});

afterAll(() => cluster.stop());

const sleeper = { cmd: 'exec sleep 1000', cpus: 0.1, mem: 32, constraints: [['hostname', 'MAX_PER', '3']] };

function ids(tasks: readonly Task[]): string[] {
  return tasks.map(({ id }) => id);
}

/** Marathon, master and machine agree on what runs of all apps; answers the processes by task. */
async function expectOneTruth(count: number): Promise<Map<string, number[]>> {
  let processes = new Map<string, number[]>();
  await until(`${count} tasks for Marathon, master and machine`, 30_000, async () => {
    const listed = ids((await marathon.allTasks()).filter(({ state }) => state === 'TASK_RUNNING'));
    const onMaster = await cluster.runningOnMaster();
    processes = cluster.processes();
    const tasks = [...processes.keys()].sort();
    if (listed.length !== count || listed.join() !== onMaster.join() || listed.join() !== tasks.join()) {
      throw new Error(`Marathon: ${listed.join()}; master: ${onMaster.join()}; machine: ${tasks.join()}`);
    }
    return true;
  });
  return processes;
}

/** The agent with most of them. */
function fullestHost(tasks: readonly Task[]): string {
  const count = (host: string) => tasks.filter((task) => task.host === host).length;
  const [first] = [...tasks].sort((a, b) => count(b.host) - count(a.host));
  if (first === undefined) throw new Error('No tasks');
  return first.host;
}

test('a machine lost: its instances run elsewhere within the ping times, and the others do not move', async () => {
  const before = await marathon.running(APP);
  const host = fullestHost(before);
  const agent = cluster.agentOn(host);
  const start = performance.now();
  await cluster.losePower(agent);
  await until('five run elsewhere', 60_000, async () => {
    const tasks = await marathon.running(APP);
    return tasks.length === 5 && tasks.every((task) => task.host !== host);
  });
  const tookMs = performance.now() - start;
  const promised = NOTICED_WITHIN_MS + LAUNCHED_WITHIN_MS;
  figure('machine lost → 5 of 5 run elsewhere', `${tookMs.toFixed(0)} ms`, `${promised} ms`);
  expect(tookMs).toBeLessThan(promised);
  const stayed = before.filter((task) => task.host !== host);
  expect(ids(await marathon.running(APP))).toEqual(expect.arrayContaining(ids(stayed)));
  agent.restart();
  await cluster.daemons.whenRegistered();
  await expectOneTruth(5);
});

test('the agent process alone killed and started again: nothing moves', async () => {
  const before = await expectOneTruth(5);
  const agent = cluster.agentOn(fullestHost(await marathon.running(APP)));
  await agent.kill('SIGKILL');
  agent.restart();
  await cluster.daemons.whenRegistered();
  expect(await expectOneTruth(5)).toEqual(before);
});

test('the master killed and started again: nothing moves, and offers go on', async () => {
  const before = await expectOneTruth(5);
  await cluster.daemons.master.kill('SIGKILL');
  cluster.daemons.master.restart();
  const start = performance.now();
  await cluster.daemons.whenRegistered();
  expect(await expectOneTruth(5)).toEqual(before);
  await marathon.deploy('PUT', `/v2/apps${APP}`, { instances: 6 });
  figure('master killed → one instance more runs', `${(performance.now() - start).toFixed(0)} ms`, 'no time');
  expect([...(await expectOneTruth(6)).keys()]).toEqual(expect.arrayContaining([...before.keys()]));
  await marathon.deploy('PUT', `/v2/apps${APP}`, { instances: 5 });
  await expectOneTruth(5);
});

test('an agent that comes back after it was given up: the surplus is killed as the strategies say', async () => {
  const patient = '/patient';
  const unreachableStrategy = { inactiveAfterSeconds: 1, expungeAfterSeconds: 600 };
  const constraints = [['hostname', 'MAX_PER', '2']];
  await marathon.deploy('POST', '/v2/apps', {
    ...sleeper,
    id: patient,
    instances: 4,
    constraints,
    unreachableStrategy,
  });
  await expectOneTruth(9);
  const before = [...(await marathon.running(APP)), ...(await marathon.running(patient))];
  // Each runs on two agents at least, so that one of three has instances of both.
  const hosts = (await marathon.running(patient)).map((task) => task.host);
  const host = fullestHost((await marathon.running(APP)).filter((task) => hosts.includes(task.host)));
  const agent = cluster.agentOn(host);
  process.kill(agent.pid, 'SIGSTOP');
  onTestFinished(() => void process.kill(agent.pid, 'SIGCONT'));
  const start = performance.now();
  await until('all run elsewhere', 60_000, async () => {
    const tasks = [...(await marathon.running(APP)), ...(await marathon.running(patient))];
    return tasks.length === 9 && tasks.every((task) => task.host !== host);
  });
  const promised = NOTICED_WITHIN_MS + 1_000 + LAUNCHED_WITHIN_MS;
  const tookMs = performance.now() - start;
  figure('agent silent → 9 of 9 run elsewhere', `${tookMs.toFixed(0)} ms`, `${promised} ms, 1 s of it the strategy's`);
  expect(tookMs).toBeLessThan(promised);
  // One strategy forgets what is lost, the other remembers it.
  expect((await marathon.tasks(APP)).map(({ state }) => state)).not.toContain('TASK_UNREACHABLE');
  expect((await marathon.tasks(patient)).map(({ state }) => state)).toContain('TASK_UNREACHABLE');
  const silent = cluster.processes(agent).size;
  expect(silent).toBeGreaterThan(0);

  process.kill(agent.pid, 'SIGCONT');
  const back = performance.now();
  await cluster.daemons.whenRegistered();
  const after = await expectOneTruth(9);
  figure(`agent back → its ${silent} surplus instances gone`, `${(performance.now() - back).toFixed(0)} ms`, 'no time');
  // What ran on other machines all the time is still there, whatever was killed.
  const stayed = before.filter((task) => task.host !== host && task.id.startsWith('five.'));
  expect([...after.keys()]).toEqual(expect.arrayContaining(ids(stayed)));
  expect(await marathon.running(patient)).toHaveLength(4);
  await marathon.deploy('DELETE', `/v2/apps${patient}`);
  await expectOneTruth(5);
});

test('kill -9 of Marathon at several moments of a deployment: it ends after the restart, none lost, none doubled', async () => {
  const strategies = [
    { minimumHealthCapacity: 1, maximumOverCapacity: 0.2 },
    { minimumHealthCapacity: 0.6, maximumOverCapacity: 0 },
  ];
  let kills = 0;
  for (const [round, upgradeStrategy] of strategies.entries()) {
    const { body } = await marathon.ask('PUT', `/v2/apps${APP}`, { env: { ROUND: String(round) }, upgradeStrategy });
    const id = String(body.deploymentId);
    // At once, when one new instance runs, and when three do.
    for (const moment of [0, 1, 3]) {
      await until(`${moment} new instances run`, 30_000, async () => {
        const tasks = (await marathon.running(APP)).filter(({ version }) => version === body.version);
        return tasks.length >= moment;
      });
      if (!(await marathon.deploymentIds()).includes(id)) break;
      await marathon.killAndRestart();
      kills += 1;
    }
    await marathon.whenDeployed(id);
    const processes = await expectOneTruth(5);
    const tasks = await marathon.running(APP);
    expect(tasks.map(({ version }) => version)).toEqual(Array.from({ length: 5 }, () => body.version));
    expect([...processes.keys()].sort()).toEqual(ids(tasks));
    expect(await marathon.app(APP)).toMatchObject({ instances: 5, env: { ROUND: String(round) }, deployments: [] });
  }
  figure('kill -9 of Marathon within two upgrades', `${kills} times, 5 of 5 instances`, 'none lost, none doubled');
  // At once in both, and on machines that are not too quick for whoever looks at each of the later moments.
  expect(kills).toBeGreaterThanOrEqual(strategies.length);
});
