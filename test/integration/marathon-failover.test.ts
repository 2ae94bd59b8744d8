// Two Marathons on a real ZooKeeper, with a real master and agent: whatever becomes of the one that leads, the other goes
// on with what it left, and clients need to know only one of them (marathon.md 1.3, 20.1, 20.5).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectZooKeeper, parseZooKeeperAddress } from '../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { type Ensemble, MISSING, startEnsemble } from '../cluster/zookeeper/ensemble.ts';
import { type DaemonProcess, getJson, until } from './daemon-processes.ts';
import { figure, MarathonCluster, MarathonProcess } from './marathon-process.ts';

/** Longer than a daemon may have to wait for the processor: whoever has not heard of the ensemble for long does not lead. */
const SESSION_TIMEOUT_MS = 4_000;
const CREDENTIALS = 'marathon:s3cret';
const PATH = '/marathon';
const INSTANCES = 4;

/** Each step of a rolling upgrade takes a while: a new instance counts when it has been found healthy. */
const web = (text: string) => ({
  id: '/web',
  cmd: 'sleep 100000',
  env: { TEXT: text },
  instances: INSTANCES,
  cpus: 0.1,
  mem: 16,
  healthChecks: [{ protocol: 'COMMAND', command: { value: 'true' }, delaySeconds: 1, intervalSeconds: 1 }],
  upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0.25 },
});

describe.skipIf(MISSING !== undefined)('two Marathons on ZooKeeper', () => {
  let ensemble: Ensemble;
  let cluster: MarathonCluster;
  let second: MarathonProcess;

  beforeAll(async () => {
    ensemble = await startEnsemble();
    cluster = await MarathonCluster.start(1, flags(ensemble.url(PATH, CREDENTIALS)));
    // The other one has its address, and the password, from a file.
    const file = join(cluster.daemons.directory, 'zk');
    writeFileSync(file, `${ensemble.url(PATH, CREDENTIALS)}\n`, { mode: 0o600 });
    second = await start(flags(`file://${file}`));
  });

  afterAll(async () => {
    await second?.daemon.kill('SIGTERM');
    await cluster?.stop();
    await ensemble?.stop();
  });

  const flags = (zk: string): string[] => [
    `--zk=${zk}`,
    `--zk_session_timeout=${SESSION_TIMEOUT_MS}`,
    '--min_revive_offers_interval=200',
  ];

  const start = (more: readonly string[]): Promise<MarathonProcess> =>
    MarathonProcess.start(cluster.daemons.master.url, join(cluster.daemons.directory, 'unused'), more);

  const both = (): readonly MarathonProcess[] => [cluster.marathon, second];

  async function isLeading({ url }: MarathonProcess): Promise<boolean> {
    return (await getJson<{ leading: boolean }>(`${url}/mctl/v1/ready`)).leading;
  }

  /** One that leads, and one that does not. */
  async function roles(): Promise<{ leader: MarathonProcess; standby: MarathonProcess }> {
    let found: { leader: MarathonProcess; standby: MarathonProcess } | undefined;
    await until('one of both leads', 30_000, async () => {
      const [first, other] = both();
      if (first === undefined || other === undefined) return false;
      const [isFirst, isOther] = [await isLeading(first), await isLeading(other)];
      if (isFirst !== isOther) found = isFirst ? { leader: first, standby: other } : { leader: other, standby: first };
      return found !== undefined;
    });
    if (found === undefined) throw new Error('nobody leads');
    return found;
  }

  /** Tasks of all the cluster's life, by state. */
  async function tasksOfMaster(): Promise<{ id: string; state: string }[]> {
    interface Framework {
      readonly tasks: { id: string; state: string }[];
      readonly completed_tasks: { id: string; state: string }[];
    }
    const state = await getJson<{ frameworks: Framework[]; completed_frameworks: Framework[] }>(
      `${cluster.daemons.master.url}/state`,
    );
    expect([state.frameworks.length, state.completed_frameworks.length]).toEqual([1, 0]);
    return state.frameworks.flatMap(({ tasks, completed_tasks }) => [...tasks, ...completed_tasks]);
  }

  const texts = async (marathon: MarathonProcess, ids: readonly string[]): Promise<string[]> => {
    const tasks = await marathon.running('/web');
    const versions = new Map(tasks.map(({ id, version }) => [id, version]));
    return ids.map((id) => versions.get(id) ?? 'unknown');
  };

  async function whenLeads(marathon: MarathonProcess): Promise<void> {
    await until('it leads', 30_000, () => isLeading(marathon));
  }

  function outputs(): string {
    return both()
      .map(({ daemon }: { daemon: DaemonProcess }) => daemon.output)
      .join('');
  }

  test('say the same of who leads, and a client of the standby lacks nothing', async () => {
    const { leader, standby } = await roles();
    const name = new URL(leader.url).host;
    for (const { url } of both()) expect(await getJson(`${url}/v2/leader`)).toEqual({ leader: name });
    await standby.deploy('POST', '/v2/apps', web('a'));
    expect(await standby.running('/web')).toHaveLength(INSTANCES);
    expect(await standby.running('/web')).toEqual(await leader.running('/web'));
    const response = await fetch(`${standby.url}/v2/apps`);
    expect(response.headers.get('X-Marathon-Leader')).toBe(leader.url);
    expect(response.headers.get('X-Marathon-Via')).toBe(`1.1 ${new URL(standby.url).host}`);
    const events = await fetch(`${standby.url}/v2/events`, { redirect: 'manual' });
    expect([events.status, events.headers.get('Location')]).toEqual([302, `${leader.url}/v2/events`]);
  });

  test.each([1, 3])(
    'the leader is killed when %i of 4 instances are new: the other one finishes, and nothing is lost or doubled',
    async (count) => {
      const { leader, standby } = await roles();
      const before = await tasksOfMaster();
      const old = new Set((await standby.running('/web')).map(({ id }) => id));
      expect(old.size).toBe(INSTANCES);
      const text = `killed at ${count}`;
      // Acknowledged to a client of the standby.
      const { body } = await standby.ask('PUT', '/v2/apps/web', web(text));
      await until(`${count} are new`, 30_000, async () => {
        const ids = await cluster.runningOnMaster();
        return ids.filter((id) => !old.has(id)).length >= count;
      });
      const killedMs = performance.now();
      await leader.daemon.kill('SIGKILL');
      await whenLeads(standby);
      figure('another leads after SIGKILL', `${Math.round(performance.now() - killedMs)} ms`, 'session + 3 s');
      expect(await standby.deploymentIds()).toEqual([body.deploymentId]);
      await standby.whenDeployed(String(body.deploymentId), 60_000);
      const app = await standby.app('/web');
      expect(app).toMatchObject({ env: { TEXT: text }, tasksRunning: INSTANCES, instances: INSTANCES });
      expect(app.version).toBe(body.version);
      const running = await standby.running('/web');
      expect(running.map(({ id }) => old.has(id))).toEqual(Array(INSTANCES).fill(false));
      expect(new Set(await texts(standby, await cluster.runningOnMaster()))).toEqual(new Set([app.version]));
      await until('the old ones are gone', 30_000, () => cluster.processes().size === INSTANCES);
      // As many as there are instances were launched for it, and none of them a second time.
      const after = await tasksOfMaster();
      expect(after.length - before.length).toBe(INSTANCES);
      expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);
      leader.daemon.restart();
      // Before it knows who leads it may not stand yet, and nobody could take over.
      await until('it is a standby', 30_000, async () => {
        const told = await getJson<{ leader: string }>(`${leader.url}/v2/leader`);
        return told.leader === new URL(standby.url).host;
      });
    },
    120_000,
  );

  test('the leader gives up when it is asked to, through the standby, and both processes live on', async () => {
    const { leader, standby } = await roles();
    const tasks = await cluster.runningOnMaster();
    const answer = await standby.ask('DELETE', '/v2/leader');
    expect([answer.status, answer.body]).toEqual([200, { message: 'Leadership abdicated' }]);
    const startMs = performance.now();
    await whenLeads(standby);
    figure('another leads after an abdication', `${Math.round(performance.now() - startMs)} ms`, '0.5 s + 3 s');
    await until('both say so', 30_000, async () => {
      const names = await Promise.all(both().map(({ url }) => getJson<{ leader: string }>(`${url}/v2/leader`)));
      return names.every((one) => one.leader === new URL(standby.url).host);
    });
    expect(await leader.running('/web')).toHaveLength(INSTANCES);
    expect(await cluster.runningOnMaster()).toEqual(tasks);
  });

  test('a leader that was stopped for longer than its session is a standby when it goes on', async () => {
    const { leader, standby } = await roles();
    const tasks = await cluster.runningOnMaster();
    process.kill(leader.daemon.pid, 'SIGSTOP');
    try {
      await whenLeads(standby);
      await standby.change('PUT', '/v2/apps/other', { ...web('x'), id: '/other', instances: 0 });
    } finally {
      process.kill(leader.daemon.pid, 'SIGCONT');
    }
    await until('it asks the other', 30_000, async () => (await leader.ask('GET', '/v2/apps/other')).status === 200);
    const name = new URL(standby.url).host;
    expect(await getJson(`${leader.url}/v2/leader`)).toEqual({ leader: name });
    expect(await getJson(`${leader.url}/mctl/v1/ready`)).toMatchObject({ leading: false, leader: name });
    expect(await cluster.runningOnMaster()).toEqual(tasks);
    expect((await roles()).leader).toBe(standby);
  });

  test('one that stands alone by its flag leads at once, also after a kill, with the state it had', async () => {
    const alone = await start([...flags(ensemble.url('/alone')), '--disable_ha', '--framework_name=alone']);
    try {
      await alone.change('POST', '/v2/apps', { ...web('x'), id: '/alone', instances: 0 });
      const { epoch } = await getJson<{ epoch: number }>(`${alone.url}/mctl/v1/ready`);
      const startMs = performance.now();
      await alone.killAndRestart();
      figure(
        'one alone leads after SIGKILL and a restart',
        `${Math.round(performance.now() - startMs)} ms`,
        'no session',
      );
      expect((await alone.ask('GET', '/v2/apps/alone')).status).toBe(200);
      const after = await getJson<{ epoch: number; leading: boolean }>(`${alone.url}/mctl/v1/ready`);
      expect([after.leading, after.epoch > epoch]).toEqual([true, true]);
    } finally {
      await alone.daemon.kill('SIGTERM');
    }
  });

  test('who has no password reads nothing of the state, and nobody is told it', async () => {
    const { leader } = await roles();
    const info = await (await fetch(`${leader.url}/v2/info`)).text();
    const config = await (await fetch(`${leader.url}/config`)).text();
    expect(`${info}${config}${outputs()}`).not.toContain('s3cret');
    const world = createRealWorld({ log: { level: 'silent' } });
    const address = parseZooKeeperAddress(ensemble.url(PATH));
    const connection = connectZooKeeper(world, address, { sessionTimeoutMs: SESSION_TIMEOUT_MS });
    try {
      const session = await connection.connected(10_000);
      // Who leads may be known to everybody.
      await until('both stand', 30_000, async () => {
        const candidates = await session.children(`${PATH}/leader-curator`);
        return candidates?.length === 2;
      });
      await expect(session.children(`${PATH}/mctl-state`)).rejects.toMatchObject({ code: 'no-auth' });
    } finally {
      await connection.close();
      await world.close();
    }
  });
});
